package dev.weft.node.upkeep;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.DeliveredStatement;
import dev.weft.node.deliver.LogPosition;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.RestateStore;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.KeyPurpose;
import dev.weft.node.join.NextKeys;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Rollover;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way on after a loss: a rollover, signed by the recovery key, opens the next incarnation of the membership with keys
 * that nobody else has, and declares what was lost. Works on a directory whose node does not run, and holds it until
 * closed.
 */
public final class Recovery implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final SecureRandom random;
    private final InstantSource clock;
    private final NodeDatabase database;
    private final NodeIdentity identity;
    private final NextKeys next;
    private final Outbox outbox;
    private final Optional<NodeAnchor.Stopped> stopped;

    /**
     * Takes the directory and compares anchor and database, as a start does.
     *
     * @throws VerificationException {@link Reason#ALREADY_RUNNING} where a node runs there
     */
    public Recovery(NodeConfig config, SecureRandom random, InstantSource clock)
            throws IOException, VerificationException {
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.database = NodeDatabase.open(config.directory());
        try {
            this.identity = NodeIdentity.load(config.directory());
            this.next = new NextKeys(config.directory());
            this.outbox = new Outbox(identity.opening());
            this.stopped = ContinuedLog.anchor(database, identity, outbox, clock.instant())
                    .stoppedBy(SecondSignatures.complete(database, identity, outbox))
                    .stopped();
        } catch (IOException | VerificationException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * What stands in the directory.
     *
     * @param incarnation the one that would end
     * @param signed statements of it
     * @param receipted those with a receipt; the first of them in order
     * @param stopped why nothing may be signed, if so
     * @param refusal why the log takes nothing more, where it said so for good
     * @param begun whether a rollover was signed here and not committed
     */
    public record Found(
            NodeIdentity identity,
            int incarnation,
            long signed,
            long receipted,
            Optional<NodeAnchor.Stopped> stopped,
            Optional<String> refusal,
            boolean begun) {

        /** Whether a rollover is the way on; without one only leaked keys are a reason. */
        public boolean needed() {
            return stopped.isPresent() || refusal.isPresent() || begun;
        }
    }

    /** Looks, and changes nothing. */
    public Found look() throws IOException {
        try (Connection connection = database.readers().getConnection()) {
            long receipted = outbox.firstPending(connection);
            Optional<String> refusal =
                    outbox.list(connection, Optional.of(DeliveredStatement.State.REFUSED), receipted - 1, 1).stream()
                            .flatMap(statement -> statement.refusal().stream())
                            .filter(refused -> !refused.retry())
                            .map(refused -> "statement " + refused.seq() + " was refused for good (" + refused.reason()
                                    + "): " + refused.message())
                            .findFirst();
            return new Found(
                    identity,
                    identity.incarnation(),
                    outbox.authorState(connection).nextSeq(),
                    receipted,
                    stopped,
                    refusal,
                    next.rollover().isPresent());
        } catch (SQLException e) {
            throw new IOException("the node's database cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Asks the aggregator where the shared log has this member.
     *
     * @throws VerificationException {@link Reason#UNAVAILABLE} where it cannot be asked
     */
    public LogPosition ask() throws VerificationException {
        List<String> own = config.delivery().addresses();
        Hello hello = Hello.newBuilder()
                .addProtocolVersions(1)
                .setFederation(identity.federation().toByteString())
                .setIncarnation(identity.incarnation())
                .setSoftware("weft-node recover")
                .build();
        try (MutualTls peer = new MutualTls(own.isEmpty() ? identity.addresses() : own, identity::credentials)) {
            return LogPosition.ask(peer, hello, PATIENCE);
        }
    }

    /**
     * What came of it.
     *
     * @param recovery where the new recovery key lies
     */
    public record RolledOver(int incarnation, Path recovery) {}

    /**
     * Signs and keeps the rollover; the node's next start delivers it, and states again what was not delivered.
     *
     * @param recoveryKey the one that was taken offline
     * @param log where the shared log has this member; empty where it cannot be asked: then what has no receipt here is
     *     stated again, and may stand there twice
     * @param loss what was lost, in words that everybody will read; at most 500 characters
     */
    public RolledOver run(SigningKey recoveryKey, Optional<LogPosition> log, String loss)
            throws IOException, VerificationException {
        requireKey(recoveryKey);
        long appended = appended(log);
        ByteString rollover = next.rollover().isPresent() ? next.rollover().get() : sign(recoveryKey, loss);
        SignedEnvelope signed = checked(rollover);
        // A crash before this commit leaves the signed rollover, which the next attempt takes up as it is; after it the
        // new incarnation, in which every start goes on.
        database.write(connection -> {
            RestateStore.end(connection, identity.incarnation(), appended, clock.instant());
            outbox.append(connection, signed, List.of(), List.of());
            return true;
        });
        NodeIdentity rolled = NodeIdentity.load(config.directory());
        // Now, and not at the next start: a copy of the directory taken from here on has no anchor of the new
        // incarnation.
        NodeAnchor unused = ContinuedLog.anchor(database, rolled, new Outbox(rolled.opening()), clock.instant());
        rolled.install(config.directory());
        return new RolledOver(rolled.incarnation(), next.recoveryFile(rolled.incarnation()));
    }

    private void requireKey(SigningKey recoveryKey) throws VerificationException {
        if (!recoveryKey.verifyingKey().equals(identity.keyHistory().recoveryKey())) {
            throw new VerificationException(
                    Reason.UNKNOWN_KEY,
                    "That is not the recovery key of incarnation " + identity.incarnation()
                            + "; each rollover brings another one, take the newest.");
        }
    }

    /** The first own statement that the log does not hold. */
    private long appended(Optional<LogPosition> log) throws IOException, VerificationException {
        if (log.isPresent() && log.get().incarnation() > identity.incarnation()) {
            throw new VerificationException(
                    Reason.WRONG_INCARNATION,
                    "The shared log has this member in incarnation " + log.get().incarnation()
                            + ", this directory ends in " + identity.incarnation()
                            + ": it is an old copy. Recover in the newest directory or backup of that incarnation.");
        }
        long receipted = look().receipted();
        boolean known = log.isPresent() && log.get().incarnation() == identity.incarnation();
        if (!known && identity.incarnation() > 0 && receipted == 0) {
            throw new VerificationException(
                    Reason.BUSY,
                    "The rollover that opened incarnation " + identity.incarnation()
                            + " was not delivered yet; start the node, let it deliver, and recover again if it must be.");
        }
        return known ? Math.max(receipted, log.get().nextSeq()) : receipted;
    }

    private ByteString sign(SigningKey recoveryKey, String loss) throws IOException, VerificationException {
        try (Connection connection = database.readers().getConnection()) {
            AuthorState state = outbox.authorState(connection);
            Set<KeyPurpose> purposes = EnumSet.copyOf(identity.keyHistory().purposes());
            if (identity.founding().requirement().isPresent()) {
                purposes.add(KeyPurpose.SECOND);
            }
            NextKeys.Made made = next.make(identity, purposes, random);
            Key body = Key.newBuilder()
                    .setHeader(KeyStatement.rollover(identity, state, outbox.lastSeen(connection), clock.instant()))
                    .setRollover(Rollover.newBuilder()
                            .setKeys(made.keys())
                            .addAllPossessions(made.possessions())
                            .setOldIncarnation(state.incarnation())
                            .setLastSeq(Math.max(0, state.nextSeq() - 1))
                            .setLastStatement(state.prev().toByteString())
                            .setLoss(loss))
                    .build();
            List<Signatory> signers = new ArrayList<>(List.of(recoveryKey));
            made.signers().stream().filter(MlDsaSigningKey.class::isInstance).forEach(signers::add);
            ByteString rollover = EnvelopeSigner.sign(body, signers).bytes();
            // A crash before this leaves nothing that anybody has seen; after it this very rollover is used.
            next.keepRollover(rollover);
            return rollover;
        } catch (SQLException e) {
            throw new IOException("the node's database cannot be read: " + e.getMessage(), e);
        }
    }

    /** What the aggregator will check. */
    private SignedEnvelope checked(ByteString rollover) throws VerificationException {
        OpenedEnvelope opened =
                EnvelopeOpener.open(rollover, identity.founding().limits());
        AuthorState before = new AuthorState(identity.incarnation(), 0, identity.membership(), TreeHead.EMPTY);
        IntakeRule.check(opened, before, identity.federation(), identity.origin(), List.of());
        return new SignedEnvelope(opened.statement(), rollover);
    }

    /** Lets go of the directory. */
    @Override
    public void close() throws IOException {
        database.close();
    }
}
