package dev.weft.aggregator;

import com.google.protobuf.ByteString;
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
import dev.weft.aggregator.recover.SignedHeads;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.AnchoredHead;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Requirement;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.SecondKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way on after the anchor is lost. Nobody can say any more what the old log's key signed last, so it signs nothing
 * again: the log is rebuilt to the largest head that it is known to have signed, and goes on under the next origin and
 * another key, by the word of root. What lay above that head its authors state again.
 */
public final class Continuation {
    private final AggregatorConfig config;
    private final SecureRandom random;
    private final InstantSource clock;

    public Continuation(AggregatorConfig config, SecureRandom random, InstantSource clock) {
        this.config = config;
        this.random = random;
        this.clock = clock;
    }

    /**
     * What the operator has.
     *
     * @param checkpoints signed notes of the old log, beside those of the sources
     * @param rootKeys files of all root keys of the federation
     */
    public record Given(List<EntrySource> sources, List<ByteString> checkpoints, List<Path> rootKeys) {
        public Given {
            sources = List.copyOf(sources);
            checkpoints = List.copyOf(checkpoints);
            rootKeys = List.copyOf(rootKeys);
        }
    }

    /**
     * What came of it.
     *
     * @param from the last head of the old log
     * @param left entries of the old database above that head, which is left beside where there are any
     * @param undone those among them that said who may speak, in words: they are in force no more
     */
    public record Continued(String origin, TreeHead from, long left, List<String> undone) {
        public Continued {
            undone = List.copyOf(undone);
        }
    }

    /**
     * Continues the log of the configured directory.
     *
     * @throws VerificationException {@link Reason#ANCHOR_MISMATCH} where there is an anchor, so that there is nothing to
     *     continue; {@link Reason#UNSIGNED_CHECKPOINT} where no head is known that the log's key signed; {@link
     *     Reason#NOT_FOUND} where none of these heads can be filled
     */
    public Continued run(Given given) throws VerificationException, IOException, SQLException {
        Path directory = config.directory();
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock;
                FileAnchor anchor = FileAnchor.open(config.anchorFile())) {
            Optional<SigningKey> begun = KeyFiles.nextLog(directory);
            if (begun.isPresent()) {
                Optional<Continued> finished = finish(begun.get(), anchor);
                if (finished.isPresent()) {
                    return finished.get();
                }
            }
            if (anchor.read().isPresent()) {
                throw new VerificationException(
                        Reason.ANCHOR_MISMATCH,
                        "The anchor " + config.anchorFile() + " is there: refill the database to it with"
                                + " 'weft-aggregator recover --from ...', and start.");
            }
            SigningKey old = KeyFiles.read(directory, random, clock).log();
            List<TreeHead> heads = SignedHeads.of(given.sources(), given.checkpoints(), old.verifyingKey());
            return rebuild(given, heads, anchor);
        }
    }

    private Continued rebuild(Given given, List<TreeHead> heads, FileAnchor anchor)
            throws VerificationException, IOException, SQLException {
        List<String> failures = new ArrayList<>();
        long had = size();
        for (TreeHead head : heads) {
            try {
                List<String> undone = fill(given, head);
                Continued done = state(given, head, anchor);
                return new Continued(done.origin(), done.from(), Math.max(0, had - head.size()), undone);
            } catch (VerificationException e) {
                if (e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        throw new VerificationException(Reason.NOT_FOUND, String.join(" ", failures));
    }

    private long size() throws VerificationException, IOException, SQLException {
        try (AggregatorDatabase database = AggregatorDatabase.open(config.directory());
                JdbcLogStore store = new JdbcLogStore(database.writer(), Founding.FEDERATION)) {
            return store.head().size();
        }
    }

    /** Brings the database to exactly that head; one that holds more is left beside, and serves as a source. */
    private List<String> fill(Given given, TreeHead head) throws VerificationException, IOException, SQLException {
        List<EntrySource> sources = new ArrayList<>(given.sources());
        Optional<EntrySource> aside = Optional.empty();
        List<String> undone = List.of();
        if (size() > head.size()) {
            Path left = Recovery.setAside(config.directory());
            undone = LeftBeside.standing(left, head.size());
            aside = Optional.of(EntrySource.open(left.toString(), Optional.empty()));
            sources.add(0, aside.get());
        }
        try (AggregatorDatabase database = AggregatorDatabase.open(config.directory())) {
            onLog(database.writer(), holding -> {
                TreeHead held = holding.log().head();
                if (held.size() < head.size()) {
                    new Refill(holding, head, () -> Recovery.name(holding)).run(sources);
                } else if (!held.equals(head)) {
                    throw contradiction(held, head);
                }
                return held;
            });
        } finally {
            aside.ifPresent(EntrySource::close);
        }
        return undone;
    }

    private static VerificationException contradiction(TreeHead held, TreeHead signed) {
        return new VerificationException(
                Reason.ANCHOR_MISMATCH,
                "The database has root " + held.root() + " at size " + held.size() + ", the log's key signed "
                        + signed.root() + ": its entries were changed. Move " + AggregatorDatabase.FILE
                        + " away, and name mirrors with --from.");
    }

    private Continued state(Given given, TreeHead head, FileAnchor anchor)
            throws VerificationException, IOException, SQLException {
        SigningKey next = SigningKey.generate(random);
        // A crash after this line and before the commit leaves a key that nothing names, which the next attempt
        // replaces.
        KeyFiles.writeNextLog(config.directory(), next);
        try (AggregatorDatabase database = AggregatorDatabase.open(config.directory())) {
            onLog(database.writer(), holding -> append(holding, genesis(given, holding, head, next)));
        }
        // A crash here leaves the new log without its anchor and the key beside its place: the next attempt finishes.
        return finish(next, anchor)
                .orElseThrow(() -> new IllegalStateException("the continuation was committed and is not there"));
    }

    private OpenedEnvelope genesis(Given given, LogHolding holding, TreeHead head, SigningKey next)
            throws VerificationException, IOException, SQLException {
        Standing standing = standing(holding);
        Genesis old = standing.genesis();
        int cut = old.getLogOrigin().lastIndexOf('/') + 1;
        String origin = old.getLogOrigin().substring(0, cut)
                + (Long.parseLong(old.getLogOrigin().substring(cut)) + 1);
        byte[] nonce = new byte[32];
        random.nextBytes(nonce);
        Genesis.Builder continuing = old.toBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(origin)
                        .setAuthor(old.getHeader().getAuthor())
                        .setRecordedAt(WireTime.print(clock.instant())))
                .setNonce(ByteString.copyFrom(nonce))
                .setLogOrigin(origin)
                .clearLogKeys()
                .addLogKeys(next.verifyingKey().toProto())
                .setContinues(dev.weft.proto.v1.Continuation.newBuilder()
                        .setFederation(standing.federation().toByteString())
                        .setOrigin(old.getLogOrigin())
                        .setHead(head.toProto()));
        if (standing.requirement().isPresent()) {
            requireSecond(continuing, standing.requirement().get());
        }
        List<Signatory> root = new ArrayList<>();
        for (Path file : given.rootKeys()) {
            root.addAll(SecondKeyFiles.root(file, standing));
        }
        OpenedEnvelope opened = EnvelopeOpener.open(
                EnvelopeSigner.sign(continuing.build(), root).bytes());
        opened.verify(standing.requiredKeys(opened));
        return opened;
    }

    /** What was required stays so, with root's second keys and a new one of the log. */
    private void requireSecond(Genesis.Builder continuing, Requirement required) throws IOException {
        SecondKeys.Builder keys = SecondKeys.newBuilder()
                .addLog(SecondKeyFiles.makeNextLog(config.directory(), random)
                        .verifyingKey()
                        .toProto())
                .setAggregator(required.aggregator().toProto());
        required.root().forEach(key -> keys.addRoot(key.toProto()));
        continuing
                .clearRequiredSignatures()
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                .setSecond(keys);
    }

    private static TreeHead append(LogHolding holding, OpenedEnvelope genesis) throws SQLException {
        long index = holding.log().head().size();
        TreeHead head = holding.log().append(List.of(genesis.bytes()));
        holding.standings().addEntry(index);
        Genesis said = (Genesis) genesis.statement().predicate().orElseThrow();
        FederationStore.move(holding.writer(), holding.federation(), said.getLogOrigin());
        holding.writer().commit();
        return head;
    }

    /** Anchors the new log and puts its key in place of the old one, which is gone with that. */
    private Optional<Continued> finish(SigningKey next, FileAnchor anchor)
            throws VerificationException, IOException, SQLException {
        try (AggregatorDatabase database = AggregatorDatabase.open(config.directory())) {
            Optional<Continued> continued = onLog(database.writer(), holding -> {
                if (holding.log().head().isEmpty()) {
                    return Optional.<Continued>empty();
                }
                Standing standing = standing(holding);
                long from = holding.log().head().size() - 1;
                if (!standing.logKeys().contains(next.verifyingKey())) {
                    return Optional.<Continued>empty();
                }
                TreeHead old = Frontier.from(holding.log().reader(), from).head();
                anchor(anchor, standing.origin(), holding.log().head(), signer(standing, next));
                return Optional.of(new Continued(standing.origin(), old, 0, List.of()));
            });
            if (continued.isPresent()) {
                // The second one first: where the first one is still beside its place, the next attempt finishes both.
                if (SecondKeyFiles.hasNextLog(config.directory())) {
                    SecondKeyFiles.installNextLog(config.directory());
                }
                KeyFiles.installNextLog(config.directory());
            }
            return continued;
        }
    }

    private NoteSigner signer(Standing standing, SigningKey next) throws VerificationException, IOException {
        NoteSigner first = NoteSigner.ed25519(standing.origin(), next);
        return standing.requirement().isEmpty()
                ? first
                : first.withSecond(
                        SecondKeyFiles.nextLog(config.directory()),
                        standing.requirement().get().firstSize());
    }

    private static void anchor(FileAnchor anchor, String origin, TreeHead head, NoteSigner signer)
            throws VerificationException, IOException {
        Optional<AnchoredHead> there = anchor.read();
        ByteString note = Checkpoint.sign(new Checkpoint(origin, head), signer);
        AnchoredHead first = new AnchoredHead(origin, head, note);
        if (there.equals(Optional.of(first))) {
            return;
        }
        try {
            anchor.compareAndSet(Optional.empty(), first);
        } catch (AnchorLostException e) {
            throw new VerificationException(Reason.ANCHOR_LOST, e.getMessage() + ".", e);
        }
    }

    private interface Work<T> {
        T on(LogHolding holding) throws VerificationException, IOException, SQLException;
    }

    private static <T> T onLog(Connection writer, Work<T> work)
            throws VerificationException, IOException, SQLException {
        long key = Founding.FEDERATION;
        try (JdbcLogStore store = new JdbcLogStore(writer, key);
                SequenceStore sequences = new SequenceStore(writer, key)) {
            return work.on(new LogHolding(
                    writer, key, store, TransparencyLog.open(store), sequences, new StandingStore(writer, key)));
        }
    }

    private static Standing standing(LogHolding holding) throws VerificationException, SQLException {
        return StandingFold.now(
                holding.store(), holding.standings(), SequenceStore.last(holding.writer(), holding.federation()));
    }
}
