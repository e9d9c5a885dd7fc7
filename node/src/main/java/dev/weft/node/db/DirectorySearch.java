package dev.weft.node.db;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks for byte strings in every file of a directory, in whatever form it has: what is not found is not there. Not for a
 * process that holds one of these files open: closing it here would give up its POSIX locks.
 */
public final class DirectorySearch {

    private static final int CHUNK = 1 << 20;

    private DirectorySearch() {}

    /** Bytes that were read of a file, and how often one of the patterns stood in it. */
    public record Hits(long bytes, long found) {}

    /** Every regular file below, by its path; links are not followed. No pattern is empty. */
    public static Map<Path, Hits> search(Path directory, List<byte[]> patterns) throws IOException {
        Map<Path, Hits> searched = new TreeMap<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try {
                        searched.put(file, hits(file, patterns));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE; // it was deleted meanwhile: nothing is in it
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return searched;
    }

    private static Hits hits(Path file, List<byte[]> patterns) throws IOException {
        int longest =
                patterns.stream().mapToInt(pattern -> pattern.length).max().orElse(1);
        byte[] window = new byte[CHUNK + longest];
        long bytes = 0;
        long found = 0;
        int kept = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.readNBytes(window, kept, CHUNK); read > 0; read = in.readNBytes(window, kept, CHUNK)) {
                int end = kept + read;
                bytes += read;
                for (byte[] pattern : patterns) {
                    // What lies whole in the part that was kept was counted with the part before.
                    found += count(window, Math.max(0, kept - pattern.length + 1), end, pattern);
                }
                kept = Math.min(end, longest - 1);
                System.arraycopy(window, end - kept, window, 0, kept);
            }
        }
        return new Hits(bytes, found);
    }

    private static long count(byte[] window, int from, int end, byte[] pattern) {
        long found = 0;
        for (int at = from; at + pattern.length <= end; at++) {
            int n = 0;
            while (n < pattern.length && window[at + n] == pattern[n]) {
                n++;
            }
            found += n == pattern.length ? 1 : 0;
        }
        return found;
    }
}
