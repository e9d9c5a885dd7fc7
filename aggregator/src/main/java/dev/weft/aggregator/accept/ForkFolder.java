package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.proto.bundle.ForkProof;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with fork proofs. A file is there whole or not at all, is never written over, and is named after what it shows,
 * so that the same contradiction found twice is one file. Safe for many threads.
 */
public final class ForkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(ForkFolder.class);
    private static final String ENDING = ".weft-fork";

    private final Path folder;

    /**
     * Makes nothing yet.
     *
     * @param directory of the federation
     */
    public ForkFolder(Path directory) {
        this.folder = directory.resolve("forks");
    }

    /** What is there of that name. */
    Optional<Path> find(String name) {
        Path file = folder.resolve(name + ENDING);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    /** Writes it, unless one of that name is there. Empty where the disk refuses: whoever found it finds it again. */
    synchronized Optional<Path> keep(String name, ForkProof proof) {
        Path file = folder.resolve(name + ENDING);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                write(file, proof.encode());
            }
            return Optional.of(file);
        } catch (IOException e) {
            LOG.error("{} cannot be written, it is found again later: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private void write(Path file, ByteString proof) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(proof.asReadOnlyByteBuffer());
            channel.force(true);
        }
        // A crash before this leaves a temporary file, which the next attempt writes over.
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** One of another folder, under its name. */
    public void copy(Path proof) throws IOException {
        Files.createDirectories(folder);
        Files.copy(proof, folder.resolve(proof.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** All that are there, by name. */
    public List<Path> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the fork proofs in " + folder + " cannot be listed", e);
        }
    }
}
