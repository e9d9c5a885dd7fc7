package dev.weft.node.observe;

import dev.weft.node.observe.ModelManifest.Resource;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares a manifest with the files that lie there: each resource, and that nothing lies there that it does not list. */
final class ManifestMatch {
    /** Left out by every signer, whatever the manifest says. */
    private static final List<String> IGNORED = List.of(".git", ".gitignore", ".gitattributes", ".github");

    private final ModelManifest manifest;
    private final Path model;
    private final Path bundle;
    private final Hasher hasher;

    ManifestMatch(ModelManifest manifest, Path model, Path bundle, Hasher hasher) {
        this.manifest = manifest;
        this.model = model;
        this.bundle = bundle;
        this.hasher = hasher;
    }

    String said() throws IOException {
        if (!manifest.hash().equals("sha256")) {
            return "not compared: its hash is " + manifest.hash() + ", which this node does not compute";
        }
        Map<String, Digest> there = files();
        SortedSet<String> left = new TreeSet<>(there.keySet());
        Map<String, Long> covered = new HashMap<>();
        for (Resource resource : manifest.resources()) {
            String problem = manifest.shardSize().isPresent()
                    ? shard(resource, there, covered)
                    : file(resource, there.get(resource.name()));
            if (!problem.isEmpty()) {
                return "mismatch: " + problem;
            }
            left.remove(path(resource));
        }
        for (Map.Entry<String, Long> each : covered.entrySet()) {
            if (Files.size(place(each.getKey())) != each.getValue()) {
                return "mismatch: " + each.getKey() + " is not covered by its shards";
            }
        }
        return left.isEmpty() ? "match" : "mismatch: " + left.first() + " is not listed";
    }

    /** Of a folder all that is not left out, by path; of a file itself, under its name and under {@code .}. */
    private Map<String, Digest> files() throws IOException {
        Map<String, Digest> files = new HashMap<>();
        if (!Files.isDirectory(model)) {
            String name = manifest.resources().get(0).name();
            boolean dot = name.equals(".") || name.startsWith(".:");
            files.put(dot ? "." : String.valueOf(model.getFileName()), hasher.file(model));
            return files;
        }
        for (Folder.Entry entry : Folder.read(model, hasher, Progress.NONE).files()) {
            if (!ignored(entry.path())) {
                files.put(entry.path(), entry.digest());
            }
        }
        return files;
    }

    private boolean ignored(String path) {
        return place(path).equals(bundle)
                || IGNORED.stream().anyMatch(each -> below(path, each))
                || manifest.ignored().stream().anyMatch(each -> below(path, each));
    }

    private static boolean below(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.endsWith("/") ? folder : folder + "/");
    }

    private Path place(String name) {
        return Files.isDirectory(model) ? model.resolve(name) : model;
    }

    private String path(Resource resource) {
        return manifest.shardSize().isPresent() ? resource.name().replaceFirst(":[0-9]+:[0-9]+$", "") : resource.name();
    }

    /** Empty where it is as the manifest says. */
    private String file(Resource resource, @Nullable Digest there) {
        if (there == null) {
            return resource.name() + " is missing";
        }
        if (!manifest.links() && Files.isSymbolicLink(place(resource.name()))) {
            return resource.name() + " is a link";
        }
        return there.hex().equals(resource.digest()) ? "" : resource.name() + " is another one";
    }

    /** Shards of a file follow each other from its first byte on. */
    private String shard(Resource resource, Map<String, Digest> there, Map<String, Long> covered) throws IOException {
        String name = path(resource);
        if (name.equals(resource.name()) || !there.containsKey(name)) {
            return resource.name() + " is missing";
        }
        String[] range = resource.name().substring(name.length() + 1).split(":", -1);
        if (range[0].length() > 18 || range[1].length() > 18) {
            return resource.name() + " is no part of a file";
        }
        long start = Long.parseLong(range[0]);
        long end = Long.parseLong(range[1]);
        long size = Files.size(place(name));
        boolean fine = start == covered.getOrDefault(name, 0L)
                && end >= start
                && end <= size
                && (end - start == manifest.shardSize().getAsLong() || end == size);
        if (!fine) {
            return resource.name() + " is no next part of the file";
        }
        covered.put(name, end);
        return part(place(name), start, end).hex().equals(resource.digest()) ? "" : resource.name() + " is another one";
    }

    private static Digest part(Path file, long start, long end) throws IOException {
        MessageDigest hash = Hashing.newSha256();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            for (long at = start; at < end; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
                int read = in.read(buffer, at);
                if (read < 0) {
                    throw new IOException(file + " was cut short while it was read; try again when nobody writes it");
                }
                hash.update(buffer.flip());
                at += read;
            }
        }
        return Hashing.finish(hash);
    }
}
