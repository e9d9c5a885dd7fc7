package dev.weft.aggregator;

import dev.weft.aggregator.accept.LogHolding;
import dev.weft.aggregator.accept.Refill;
import dev.weft.aggregator.accept.StandingFold;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.DirectoryLock;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.aggregator.publish.FileAnchor;
import dev.weft.aggregator.recover.EntrySource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.AnchoredHead;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/**
 * Brings a database that is behind its anchor, or gone, back to exactly the anchored head. The anchor is what may not be
 * contradicted, so nothing is signed here and nothing of it is moved.
 */
public final class Recovery {
    private final AggregatorConfig config;
    private final SecureRandom random;
    private final InstantSource clock;

    public Recovery(AggregatorConfig config, SecureRandom random, InstantSource clock) {
        this.config = config;
        this.random = random;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param before entries that the database held
     * @param head that it holds now: the anchored one, or a larger one that was committed and not yet anchored
     */
    public record Refilled(long before, TreeHead head) {}

    /**
     * Refills the database of the configured directory.
     *
     * @param setAside whether a database that is there is left beside and made anew, because it is damaged
     * @throws VerificationException {@link Reason#ANCHOR_MISSING} where there is no anchor to refill to, {@link
     *     Reason#ALREADY_RUNNING}, {@link Reason#ANCHOR_MISMATCH} where database and anchor contradict each other, {@link
     *     Reason#NOT_FOUND} where no source has what is missing
     */
    public Refilled refill(List<? extends EntrySource> sources, boolean setAside)
            throws VerificationException, IOException, SQLException {
        DirectoryLock lock = DirectoryLock.take(config.directory());
        try (lock;
                FileAnchor file = FileAnchor.open(config.anchorFile())) {
            AnchoredHead anchor = file.read()
                    .orElseThrow(() -> new VerificationException(
                            Reason.ANCHOR_MISSING,
                            "There is no anchor " + config.anchorFile()
                                    + " to refill to: put it back. If it is lost for good, this log is never signed"
                                    + " again: go on in a new one with --continue."));
            requireOwn(anchor);
            if (setAside) {
                Path unused = setAside(config.directory());
            }
            try (AggregatorDatabase database = AggregatorDatabase.open(config.directory())) {
                return refill(database.writer(), anchor, sources);
            }
        }
    }

    /** The anchor must be of a log that this directory's key signs: another one's would be refilled into it. */
    private void requireOwn(AnchoredHead anchor) throws VerificationException, IOException {
        NoteSigner signer = NoteSigner.ed25519(
                anchor.origin(),
                KeyFiles.read(config.directory(), random, clock).log());
        Checkpoint signed = Checkpoint.open(anchor.note(), signer.verifier());
        if (!signed.head().equals(anchor.head()) || !signed.origin().equals(anchor.origin())) {
            throw new VerificationException(
                    Reason.ANCHOR_MISMATCH, "The anchor's note says another head; put the anchor file back.");
        }
    }

    private static Refilled refill(Connection writer, AnchoredHead anchor, List<? extends EntrySource> sources)
            throws VerificationException, SQLException {
        long key = FederationStore.first(writer)
                .map(FederationStore.Federation::key)
                .orElse(Founding.FEDERATION);
        try (JdbcLogStore store = new JdbcLogStore(writer, key);
                SequenceStore sequences = new SequenceStore(writer, key)) {
            LogHolding holding =
                    new LogHolding(writer, key, store, opened(store), sequences, new StandingStore(writer, key));
            TreeHead before = holding.log().head();
            if (before.size() >= anchor.head().size()) {
                requireSame(holding.log(), anchor);
                writer.rollback();
                return new Refilled(before.size(), before);
            }
            new Refill(holding, anchor.head(), () -> name(holding, anchor.origin())).run(sources);
            return new Refilled(before.size(), holding.log().head());
        }
    }

    private static TransparencyLog opened(JdbcLogStore store) throws VerificationException {
        try {
            return TransparencyLog.open(store);
        } catch (VerificationException e) {
            throw new VerificationException(
                    e.reason(),
                    e.getMessage() + " Add --set-aside to leave this database beside and refill a new one.",
                    e);
        }
    }

    private static void requireSame(TransparencyLog log, AnchoredHead anchor) throws VerificationException {
        if (!Frontier.from(log.reader(), anchor.head().size()).head().equals(anchor.head())) {
            throw new VerificationException(
                    Reason.ANCHOR_MISMATCH,
                    "The database has another root at size " + anchor.head().size()
                            + " than the anchor: its entries were changed. Add --set-aside to leave it beside and refill a"
                            + " new one.");
        }
    }

    /** A database that was made anew does not know yet whose it is. */
    static void name(LogHolding holding) throws VerificationException, SQLException {
        if (FederationStore.first(holding.writer()).isEmpty()) {
            Standing standing = StandingFold.at(holding.store(), holding.standings(), Long.MAX_VALUE);
            FederationStore.put(
                    holding.writer(),
                    new FederationStore.Federation(
                            holding.federation(), standing.federation(), standing.name(), standing.origin()));
        }
    }

    private static void name(LogHolding holding, String origin) throws VerificationException, SQLException {
        Standing standing = StandingFold.at(holding.store(), holding.standings(), Long.MAX_VALUE);
        if (!standing.origin().equals(origin)) {
            throw new VerificationException(
                    Reason.ANCHOR_MISMATCH,
                    "The anchor is of log " + origin + ", the entries of " + standing.origin() + ".");
        }
        name(holding);
        FederationStore.move(holding.writer(), holding.federation(), origin);
    }

    /** A crash between two of these leaves a database without its write-ahead log beside it: both lie there by name. */
    static Path setAside(Path directory) throws IOException {
        int number = 1;
        while (Files.exists(directory.resolve(AggregatorDatabase.FILE + ".aside-" + number))) {
            number++;
        }
        for (String suffix : List.of("-wal", "-shm", "")) {
            Path file = directory.resolve(AggregatorDatabase.FILE + suffix);
            if (Files.exists(file)) {
                Files.move(
                        file,
                        directory.resolve(AggregatorDatabase.FILE + ".aside-" + number + suffix),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return directory.resolve(AggregatorDatabase.FILE + ".aside-" + number);
    }
}
