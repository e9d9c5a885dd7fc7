package dev.weft.node.upkeep;

import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.KeyPurpose;
import dev.weft.node.join.NextKeys;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Rotate;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Replaces keys of a membership while its node does not run: the next statement names the new ones, signed by the old
 * statement key and, where that one changes, by the new one, and so it is with the second key. What lies before it in the outbox is appended under the old
 * keys, what comes after it under the new ones.
 */
public final class KeyRotation {
    private final Path directory;
    private final SecureRandom random;
    private final InstantSource clock;

    public KeyRotation(Path directory, SecureRandom random, InstantSource clock) {
        this.directory = directory;
        this.random = random;
        this.clock = clock;
    }

    /**
     * Which statement says so.
     *
     * @param seq of the statement, in its incarnation
     */
    public record Rotated(Digest statement, int incarnation, long seq) {}

    /**
     * Rotates.
     *
     * @param purposes at least one, and not {@link KeyPurpose#RECOVERY}
     * @throws VerificationException where a node runs there, nothing may be signed, or a recovery was not finished
     */
    public Rotated run(Set<KeyPurpose> purposes) throws IOException, VerificationException {
        if (purposes.isEmpty() || purposes.contains(KeyPurpose.RECOVERY)) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "Name keys of statement, witness, tls, hpke and second; the recovery key changes by rollover alone.");
        }
        Rotated rotated;
        try (NodeDatabase database = NodeDatabase.open(directory)) {
            NodeIdentity identity = NodeIdentity.load(directory);
            NextKeys next = new NextKeys(directory);
            if (next.rollover().isPresent()) {
                throw new VerificationException(
                        Reason.STOPPED, "A rollover was begun here and not finished; finish it: weft-node recover.");
            }
            identity.install(directory); // what an earlier change left beside its place
            requireCertified(identity);
            Outbox outbox = new Outbox(identity.opening());
            NodeAnchor anchor = ContinuedLog.anchor(database, identity, outbox, clock.instant());
            anchor.requireSigning();
            NextKeys.Made made = next.make(identity, purposes, random);
            // A crash before this commit leaves keys that nobody has named, which the next attempt replaces; after it
            // the
            // statement, from which every start knows the new keys and finds them beside their place.
            rotated = database.write(connection -> sign(connection, identity, outbox, anchor, made));
        }
        NodeIdentity.load(directory).install(directory);
        return rotated;
    }

    /** Two changes of the TLS key at once would leave one without a place. */
    private static void requireCertified(NodeIdentity identity) throws VerificationException {
        if (identity.certificateOutdated()) {
            throw new VerificationException(
                    Reason.BUSY,
                    "The last change of keys has no certificate yet; start the node, let it get one, and rotate then.");
        }
    }

    private Rotated sign(
            Connection connection, NodeIdentity identity, Outbox outbox, NodeAnchor anchor, NextKeys.Made made)
            throws SQLException, VerificationException {
        AuthorState state = outbox.authorState(connection);
        TreeHead seen = outbox.lastSeen(connection);
        Key body = Key.newBuilder()
                .setHeader(KeyStatement.next(identity, state, seen, clock.instant()))
                .setRotate(Rotate.newBuilder().setKeys(made.keys()).addAllPossessions(made.possessions()))
                .build();
        List<Signatory> signers = new ArrayList<>(List.of(identity.statementKey()));
        signers.addAll(made.signers());
        boolean required = identity.founding().requirement().isPresent();
        if (made.keys().hasSecond() || required) {
            identity.secondKey().ifPresent(signers::add);
        }
        boolean signsTwice = signers.stream().anyMatch(MlDsaSigningKey.class::isInstance);
        if (required && !signsTwice) {
            throw new VerificationException(
                    Reason.SECOND_KEY_MISSING,
                    "Root requires second signatures and this member has no second key; rotate 'second' first.");
        }
        if (made.keys().hasSecond()
                && (required || identity.secondKey().isPresent())
                && outbox.hasSignedOnce(connection)) {
            throw new VerificationException(
                    Reason.BUSY,
                    required
                            ? "Statements wait that no second key has signed, and can never be appended; run 'weft-node recover'."
                            : "Statements wait that may still need the second key's signature; start the node, let it deliver,"
                                    + " and rotate then.");
        }
        SignedEnvelope signed = EnvelopeSigner.sign(body, signers);
        OpenedEnvelope opened =
                EnvelopeOpener.open(signed.bytes(), identity.founding().limits());
        opened.verify(signers.stream().map(Signatory::verifyingKey).toList());
        IntakeRule.check(opened, state, identity.federation(), identity.origin(), List.of());
        outbox.append(connection, signed, List.of(), List.of());
        anchor.signing();
        return new Rotated(signed.statement().id(), state.incarnation(), state.nextSeq());
    }
}
