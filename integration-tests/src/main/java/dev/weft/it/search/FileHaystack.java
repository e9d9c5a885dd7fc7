package dev.weft.it.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Every byte of every file below some directories or of some files, the write-ahead log of a database included. */
public final class FileHaystack implements Haystack {

    private final List<Path> roots;

    public FileHaystack(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    @Override
    public void parts(Part part) {
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    read(file, part);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void read(Path file, Part part) throws IOException {
        try {
            part.accept(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            // Gone since it was listed, as a write-ahead log is after a checkpoint: what it held is in the database
            // file.
        }
    }
}
