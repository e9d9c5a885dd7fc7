package dev.weft.node.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder as it is now, to tell later which of its files are new or were written since. */
public final class Watched {
    /** So many files are named one by one; more are one output, the folder. */
    private static final int MAX_FILES = 1_000;

    private final Path folder;
    private final Map<Path, FileStat> before;

    private Watched(Path folder, Map<Path, FileStat> before) {
        this.folder = folder;
        this.before = before;
    }

    /** Looks at it now; one that is not there yet is empty. */
    public static Watched of(Path folder) throws IOException {
        return new Watched(folder, files(folder));
    }

    private static Map<Path, FileStat> files(Path folder) throws IOException {
        Map<Path, FileStat> stats = new HashMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                    stats.put(file, FileStat.of(file));
                }
            }
        }
        return stats;
    }

    /** What is new or was written since, in the order of the paths; the folder itself where that is very much. */
    public List<Path> written() throws IOException {
        List<Path> written = files(folder).entrySet().stream()
                .filter(each -> !each.getValue().equals(before.get(each.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        return written.size() > MAX_FILES ? List.of(folder) : written;
    }
}
