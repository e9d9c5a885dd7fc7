package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Finds the content behind an MD5 of DVC, in the working tree or in DVC's cache, and gives it a strong digest. */
final class DvcContent {
    private final Path root;
    private final Hasher hasher;
    private final Progress progress;

    DvcContent(Path root, Hasher hasher, Progress progress) {
        this.root = root;
        this.hasher = hasher;
        this.progress = progress;
    }

    /** Nothing where no content with that MD5 is at hand. */
    Optional<ContentDigest> strong(Path path, String md5) throws IOException {
        Optional<Digest> digest = md5.endsWith(".dir") ? folder(path, md5) : file(path, md5);
        return digest.map(ContentDigest::sha256);
    }

    private Optional<Digest> file(Path path, String md5) throws IOException {
        for (Path candidate : List.of(path, cached(md5))) {
            Optional<Digest> digest =
                    Files.isRegularFile(candidate) ? hasher.matching(candidate, md5) : Optional.empty();
            if (digest.isPresent()) {
                return digest;
            }
        }
        return Optional.empty();
    }

    private Path cached(String md5) {
        return root.resolve(".dvc/cache/files/md5").resolve(md5.substring(0, 2)).resolve(md5.substring(2));
    }

    private record Member(String name, String md5) {}

    /** As {@link Folder} would have it of a folder that holds just what the directory object lists. */
    private Optional<Digest> folder(Path path, String md5) throws IOException {
        Path object = cached(md5);
        String own = md5.substring(0, md5.length() - ".dir".length());
        if (!Files.isRegularFile(object) || hasher.matching(object, own).isEmpty()) {
            return Optional.empty();
        }
        List<Member> members = members(object);
        progress.expect(members.size(), members.size());
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
        try {
            List<Future<Optional<Digest>>> digests = new ArrayList<>(members.size());
            for (Member member : members) {
                digests.add(threads.submit(() -> {
                    Optional<Digest> digest = file(path.resolve(member.name()), member.md5());
                    progress.done(1);
                    return digest;
                }));
            }
            List<Folder.Entry> entries = new ArrayList<>(members.size());
            for (int n = 0; n < members.size(); n++) {
                Optional<Digest> digest = await(digests.get(n));
                if (digest.isEmpty()) {
                    return Optional.empty();
                }
                entries.add(new Folder.Entry(members.get(n).name(), digest.get()));
            }
            return Optional.of(new Folder(entries, 0).digest());
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Member> members(Path object) throws IOException {
        List<Member> members = new ArrayList<>();
        try {
            JsonArray list = JsonParser.parseString(Files.readString(object)).getAsJsonArray();
            for (JsonElement each : list) {
                JsonObject member = each.getAsJsonObject();
                String name = member.get("relpath").getAsString();
                String md5 = member.get("md5").getAsString();
                if (!DvcRepository.isMd5(md5)
                        || Path.of(name).isAbsolute()
                        || Path.of(name).normalize().startsWith("..")) {
                    throw new IOException(object + " lists what DVC would not: " + name);
                }
                members.add(new Member(name, md5));
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new IOException(object + " is no directory object of DVC", e);
        }
        members.sort(Comparator.comparing(
                member -> ByteString.copyFromUtf8(member.name()), ByteString.unsignedLexicographicalComparator()));
        return members;
    }

    private static Optional<Digest> await(Future<Optional<Digest>> digest) throws IOException {
        try {
            return digest.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
