package dev.weft.node.observe;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The files under a folder, links followed, each with its digest. The folder's own digest is the SHA-256 of the list that
 * {@code sha256sum} (GNU coreutils) prints of them, sorted by the bytes of their paths from the folder, so that anybody
 * can compute it: {@code find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum}.
 */
record Folder(List<Entry> files, long bytes) {

    /** One file: its path from the folder, with {@code /} between the names. */
    record Entry(String path, Digest digest) {}

    private record Found(Path file, ByteString name, long size) {}

    Folder {
        files = List.copyOf(files);
    }

    static Folder read(Path folder, Hasher hasher, Progress progress) throws IOException {
        List<Found> found = find(folder);
        long bytes = found.stream().mapToLong(Found::size).sum();
        progress.expect(found.size(), bytes);
        List<Entry> entries = new ArrayList<>(found.size());
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
        try {
            List<Future<Digest>> digests = new ArrayList<>(found.size());
            for (Found each : found) {
                digests.add(threads.submit(() -> {
                    Digest digest = hasher.file(each.file());
                    progress.done(each.size());
                    return digest;
                }));
            }
            for (int n = 0; n < found.size(); n++) {
                entries.add(new Entry(found.get(n).name().toStringUtf8(), await(digests.get(n))));
            }
        } finally {
            threads.shutdownNow();
        }
        return new Folder(entries, bytes);
    }

    private static Digest await(Future<Digest> digest) throws IOException {
        try {
            return digest.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static List<Found> find(Path folder) throws IOException {
        List<Found> found = new ArrayList<>();
        Files.walkFileTree(
                folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        if (attributes.isSymbolicLink()) {
                            throw new IOException(file + " is a link to nothing; mend it or take it out");
                        }
                        if (attributes.isRegularFile()) {
                            found.add(new Found(file, name(folder, file), attributes.size()));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(Comparator.comparing(Found::name, ByteString.unsignedLexicographicalComparator()));
        return found;
    }

    private static ByteString name(Path folder, Path file) {
        List<String> names = new ArrayList<>();
        folder.relativize(file).forEach(name -> names.add(name.toString()));
        return ByteString.copyFromUtf8(String.join("/", names));
    }

    Digest digest() {
        StringBuilder list = new StringBuilder(files.size() * 100);
        for (Entry entry : files) {
            String name = entry.path();
            boolean escaped = name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0 || name.indexOf('\\') >= 0;
            list.append(escaped ? "\\" : "").append(entry.digest().hex()).append("  ");
            list.append(
                    escaped ? name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") : name);
            list.append('\n');
        }
        return Hashing.sha256(list.toString().getBytes(StandardCharsets.UTF_8));
    }
}
