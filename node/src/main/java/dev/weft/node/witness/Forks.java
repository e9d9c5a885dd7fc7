package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.standing.FoundingEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contradictions that this node found, each as a file that {@code weft-node verify} explains on any machine: of the log,
 * which are kept in the database too and written as soon as one is found, or at the next start; and of members, which the
 * mirror writes.
 */
public final class Forks {
    private static final Logger LOG = LoggerFactory.getLogger(Forks.class);

    private final SharedLog sharedLog;
    private final Founded founded;
    private final ForkFolder folder;
    /** What each file says; a file never changes. */
    private final Map<Path, String> sentences = new ConcurrentHashMap<>();

    /**
     * What vouches for the log's keys.
     *
     * @param genesis entry 0
     * @param continuations all entries by which the log went on since, in order
     * @param requirement root's statement that requires second signatures, where there is one
     */
    public record Founded(ByteString genesis, List<ByteString> continuations, Optional<FoundingEntry> requirement) {
        /** Copies the list. */
        public Founded {
            continuations = List.copyOf(continuations);
        }
    }

    /**
     * One of them.
     *
     * @param file with the proof; empty where there is none, or it could not be written
     */
    public record Found(String sentence, Optional<Path> file) {}

    private Forks(SharedLog sharedLog, Founded founded, ForkFolder folder) {
        this.sharedLog = sharedLog;
        this.founded = founded;
        this.folder = folder;
    }

    /** Writes what is not written yet, now and whenever one is found. */
    public static Forks keep(SharedLog sharedLog, Founded founded, ForkFolder folder) {
        Forks forks = new Forks(sharedLog, founded, folder);
        sharedLog.onFork(forks::write);
        forks.write();
        return forks;
    }

    /** All that were found: of the log, oldest first, then what else has a file. */
    public List<Found> found() {
        List<Found> found = new ArrayList<>();
        List<Path> others = new ArrayList<>(folder.all());
        for (LogFork fork : sharedLog.forks()) {
            Optional<Path> file = folder.find(fork.name());
            file.ifPresent(others::remove);
            found.add(new Found(sentence(fork), file));
        }
        for (Path file : others) {
            found.add(new Found(sentences.computeIfAbsent(file, Forks::explained), Optional.of(file)));
        }
        return found;
    }

    private static String explained(Path file) {
        try {
            return ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(file)))
                    .verify()
                    .sentence();
        } catch (IOException | VerificationException e) {
            return "a file that proves nothing: " + e.getMessage();
        }
    }

    private static String sentence(LogFork fork) {
        try {
            return fork.sentence();
        } catch (VerificationException e) {
            throw new IllegalStateException("a kept note cannot be read", e);
        }
    }

    private void write() {
        for (LogFork fork : sharedLog.forks()) {
            if (folder.find(fork.name()).isPresent()) {
                continue;
            }
            try {
                Optional<Path> unused = folder.keep(fork.name(), fork.proof(founded));
            } catch (VerificationException e) {
                LOG.error("the contradiction {} cannot be shown to others: {}", fork.name(), e.getMessage());
            }
        }
    }
}
