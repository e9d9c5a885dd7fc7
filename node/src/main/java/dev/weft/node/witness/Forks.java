package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contradictions that this node found, each as a file that {@code weft-node verify} explains on any machine. Written as
 * soon as one is found, and again at a start where that was not to be.
 */
public final class Forks {
    private static final Logger LOG = LoggerFactory.getLogger(Forks.class);
    private static final String FOLDER = "forks";

    private final SharedLog sharedLog;
    private final ByteString genesis;
    private final Path folder;

    /**
     * One of them.
     *
     * @param file with the proof; empty where it could not be written
     */
    public record Found(String sentence, Optional<Path> file) {}

    private Forks(SharedLog sharedLog, ByteString genesis, Path directory) {
        this.sharedLog = sharedLog;
        this.genesis = genesis;
        this.folder = directory.resolve(FOLDER);
    }

    /** Writes what is not written yet, now and whenever one is found. */
    public static Forks keep(SharedLog sharedLog, ByteString genesis, Path directory) {
        Forks forks = new Forks(sharedLog, genesis, directory);
        sharedLog.onFork(forks::write);
        forks.write();
        return forks;
    }

    /** All that were found, oldest first. */
    public List<Found> found() {
        List<Found> found = new ArrayList<>();
        List<LogFork> forks = sharedLog.forks();
        for (int i = 0; i < forks.size(); i++) {
            Path file = file(i);
            found.add(new Found(sentence(forks.get(i)), Files.exists(file) ? Optional.of(file) : Optional.empty()));
        }
        return found;
    }

    private static String sentence(LogFork fork) {
        try {
            return fork.sentence();
        } catch (VerificationException e) {
            throw new IllegalStateException("a kept note cannot be read", e);
        }
    }

    private Path file(int number) {
        return folder.resolve("fork-" + (number + 1) + ".weft-fork");
    }

    private synchronized void write() {
        List<LogFork> forks = sharedLog.forks();
        for (int i = 0; i < forks.size(); i++) {
            Path file = file(i);
            try {
                if (!Files.exists(file)) {
                    Files.createDirectories(folder);
                    write(file, forks.get(i).proof(genesis).encode());
                }
            } catch (VerificationException e) {
                LOG.error("the contradiction {} cannot be shown to others: {}", i + 1, e.getMessage());
            } catch (IOException e) {
                LOG.error("{} cannot be written, the next start tries again: {}", file, e.toString());
            }
        }
    }

    private static void write(Path file, ByteString proof) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(proof.asReadOnlyByteBuffer());
            channel.force(true);
        }
        // A crash before this leaves a temporary file, which the next start writes over.
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
