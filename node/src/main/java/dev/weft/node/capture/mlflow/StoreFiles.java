package dev.weft.node.capture.mlflow;

import dev.weft.node.observe.Yaml;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a file store, which somebody else may have laid out: no link is followed, nothing but plain files is
 * opened, and nothing is read without end.
 */
final class StoreFiles {

    private static final String META = "meta.yaml";
    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_LINE = 4_096;
    private static final int MAX_ENTRIES = 200_000;
    /** MLflow's names have at most 250 characters, so at most so many parts. */
    private static final int MAX_DEPTH = 125;

    private StoreFiles() {}

    /** Gets one line of a file. */
    interface Line {
        void read(String line) throws VerificationException;
    }

    /** The folders in a folder by name, but for hidden ones; none where it is not there. */
    static List<Path> folders(Path folder) throws IOException, VerificationException {
        List<Path> folders = new ArrayList<>();
        for (Path entry : entries(folder)) {
            if (!entry.getFileName().toString().startsWith(".")
                    && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                folders.add(entry);
            }
        }
        return folders;
    }

    /** All files below a folder by their names in it, which {@code /} parts; none where it is not there. */
    static SortedMap<String, Path> files(Path folder) throws IOException, VerificationException {
        SortedMap<String, Path> files = new TreeMap<>();
        collect(folder, "", files, 0);
        return files;
    }

    private static void collect(Path folder, String prefix, SortedMap<String, Path> files, int depth)
            throws IOException, VerificationException {
        if (depth > MAX_DEPTH) {
            throw new VerificationException(Reason.LIMIT_EXCEEDED, folder + " nests deeper than any name of MLflow's");
        }
        for (Path entry : entries(folder)) {
            String name = prefix + entry.getFileName();
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                collect(entry, name + "/", files, depth + 1);
            } else {
                files.put(name, entry);
            }
            if (files.size() > MAX_ENTRIES) {
                throw tooMany(folder);
            }
        }
    }

    private static VerificationException tooMany(Path folder) {
        return new VerificationException(
                Reason.LIMIT_EXCEEDED, folder + " holds more than %,d files".formatted(MAX_ENTRIES));
    }

    private static List<Path> entries(Path folder) throws IOException, VerificationException {
        List<Path> entries = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return entries;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path entry : all) {
                if (Files.isSymbolicLink(entry)) {
                    throw new VerificationException(
                            Reason.FOREIGN_ORIGIN,
                            entry + " is a link, which is not followed; put what it points to in its place");
                }
                entries.add(entry);
                if (entries.size() > MAX_ENTRIES) {
                    throw tooMany(folder);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        return entries;
    }

    private static void plain(Path file) throws VerificationException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new VerificationException(
                    Reason.MALFORMED, file + " is no plain file, as MLflow writes them; move it out of the store");
        }
    }

    /** The whole of a small file. */
    static String text(Path file) throws IOException, VerificationException {
        plain(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_TEXT + 1);
            if (bytes.length > MAX_TEXT) {
                throw new VerificationException(Reason.TOO_LARGE, file + " is larger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Each line of a file that may be long. */
    static void lines(Path file, Line line) throws IOException, VerificationException {
        plain(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream next = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    line.read(next.toString(StandardCharsets.UTF_8));
                    next.reset();
                } else if (next.size() == MAX_LINE) {
                    throw new VerificationException(Reason.TOO_LARGE, file + " holds a line that does not end");
                } else {
                    next.write(b);
                }
            }
            if (next.size() > 0) {
                line.read(next.toString(StandardCharsets.UTF_8));
            }
        }
    }

    /** What a folder's description says; nothing where it has none. */
    static Optional<Map<?, ?>> meta(Path folder) throws IOException, VerificationException {
        Path file = folder.resolve(META);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        plain(file);
        if (Files.size(file) > MAX_TEXT) {
            throw new VerificationException(Reason.TOO_LARGE, file + " is larger than 1 MiB");
        }
        try {
            return Optional.of(Yaml.written(file));
        } catch (IOException e) {
            throw new VerificationException(
                    Reason.MALFORMED, e.getMessage() + "; mend " + file + ", or move its folder out of the store", e);
        }
    }
}
