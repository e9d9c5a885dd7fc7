package dev.weft.it.load;

import dev.weft.it.federation.SiteNode;
import dev.weft.node.observe.HashCache;
import dev.weft.node.observe.Hasher;
import dev.weft.node.observe.Progress;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;

/** Files on a site's disk, many small ones and a large one, and how long their digests take. */
final class Folders {
    private static final int IN_FOLDER = 1_000;
    private static final int SMALL = 1 << 10;
    private static final int PIECE = 1 << 25;
    /** Files that were written just before are not taken from the cache. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    private static final String RECORDED = "recorded as ";

    private Folders() {}

    /** Seconds of the two commands. */
    record Took(double recorded, double rechecked) {}

    /** So many files of 1 KiB, a thousand in a folder. */
    static void write(Path folder, int files) throws IOException {
        SplittableRandom random = new SplittableRandom(files);
        byte[] bytes = new byte[SMALL];
        for (int i = 0; i < files; i++) {
            Path in = folder.resolve(String.format("shard%04d", i / IN_FOLDER));
            if (i % IN_FOLDER == 0) {
                Files.createDirectories(in);
            }
            random.nextBytes(bytes);
            Files.write(in.resolve(String.format("sample%06d.bin", i)), bytes);
        }
    }

    /** Records a run that read the folder, then looks whether all of it is still as it was, by the commands that a user types. */
    static Took take(SiteNode node, Path folder) {
        Starts.rest(SETTLED);
        long start = System.nanoTime();
        String said = node.command(
                "run", "--dir", node.dir().toString(), "--fail-closed", "--input", folder.toString(), "--", "true");
        double recorded = seconds(start);
        String id = said.lines()
                .filter(line -> line.contains(RECORDED))
                .map(line -> line.substring(line.indexOf(RECORDED) + RECORDED.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing was recorded: " + said));
        start = System.nanoTime();
        String same = node.command("local", "check", id);
        double rechecked = seconds(start);
        if (!same.contains("same")) {
            throw new IllegalStateException("the folder is not as it was: " + same);
        }
        return new Took(recorded, rechecked);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * How much of the rate of SHA-256 over bytes in memory a large file is hashed at, in processor time, in turns.
     *
     * @param dir where the file lies meanwhile
     */
    static double share(Path dir, long bytes) throws IOException {
        byte[] piece = new byte[PIECE];
        new SplittableRandom(bytes).nextBytes(piece);
        long pieces = bytes / PIECE;
        Path file = dir.resolve("large.bin");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long i = 0; i < pieces; i++) {
                out.write(piece);
            }
        }
        try {
            Path none = dir.resolve("no-hash-cache");
            return ProcessorTime.share(
                    1,
                    () -> {
                        MessageDigest hash = Hashing.newSha256();
                        for (long i = 0; i < pieces; i++) {
                            hash.update(piece);
                        }
                        hash.digest();
                    },
                    () -> new Hasher(HashCache.open(none), InstantSource.system(), Progress.NONE).data(file));
        } finally {
            Files.delete(file);
        }
    }
}
