package dev.weft.node.release;

import com.google.protobuf.Message;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.RestateStore;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Release.Decided;
import dev.weft.node.release.Release.State;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node does first once it may sign again: states anew what a rollover left undelivered or a continued log does not
 * hold, and lets out what policy
 * lets out and what was held meanwhile. Whatever a person approved stays approved: the same body leaves, under a new
 * header.
 */
public final class Resumption {
    private static final int AT_ONCE = 10_000;

    private final Author author;
    private final ReleasePolicy policy;
    private final Outbox outbox;
    private final StatementSigner signer;
    private final InstantSource clock;

    public Resumption(
            Author author,
            ReleasePolicy policy,
            Outbox outbox,
            NodeAnchor anchor,
            SharedLogSeen seen,
            InstantSource clock) {
        this.author = author;
        this.policy = policy;
        this.outbox = outbox;
        this.signer = new StatementSigner(author, outbox, anchor, seen, clock);
        this.clock = clock;
    }

    /**
     * How many statements were signed.
     *
     * @param restated in place of undelivered ones of an incarnation that has ended, or of a log that went on
     * @param released that policy lets out and that were held
     */
    public record Resumed(int restated, int released) {}

    /** All of it in one transaction: a crash before its commit leaves all to the next start. */
    public Resumed run(Transaction transaction) throws SQLException, VerificationException {
        return new Resumed(restate(transaction), releaseHeld(transaction));
    }

    private int restate(Transaction transaction) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        Map<Digest, Digest> again = new HashMap<>();
        for (RestateStore.Ended ended : RestateStore.open(connection, outbox.incarnation())) {
            OpenedEnvelope opened = EnvelopeOpener.open(ended.envelope(), author.limits());
            Message said = opened.statement().predicate().orElseThrow();
            if (said instanceof Key) {
                RestateStore.overtaken(connection, ended);
                continue;
            }
            Message body = withoutHeader(Renamed.in(said, again));
            Digest statement = signer.sign(transaction, body, ended.openings());
            again.put(ended.statement(), statement);
            ReleaseStore.restated(connection, ended.statement(), statement);
            RestateStore.restated(connection, ended, statement);
        }
        return again.size();
    }

    private static Message withoutHeader(Message said) {
        return said.toBuilder()
                .clearField(said.getDescriptorForType().findFieldByNumber(1))
                .build();
    }

    private int releaseHeld(Transaction transaction) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        int released = 0;
        List<Release> held = ReleaseStore.list(connection, Optional.of(State.HELD), 0, AT_ONCE);
        while (!held.isEmpty()) {
            for (Release release : held) {
                released += release(transaction, release) ? 1 : 0;
            }
            held = ReleaseStore.list(connection, Optional.of(State.HELD), 0, AT_ONCE);
        }
        return released;
    }

    /** Policy as it is now decides: it may have come to want the steward. */
    private boolean release(Transaction transaction, Release release) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        PredicateType type = PredicateType.ofUri(release.predicateType()).orElseThrow();
        StoredRecord stored = RecordQuery.find(connection, release.record()).orElseThrow();
        ReleasePolicy inForce = policy.on(DataLabels.behind(connection, stored));
        List<Opening> openings = ReleaseStore.openings(connection, release.id());
        Optional<Pattern> ahead = new Patterns(policy.digest())
                .covering(connection, type, stored, release.body().toStringUtf8(), openings);
        if (ahead.isEmpty() && Releaser.waits(inForce, connection, type, stored)) {
            ReleaseStore.wait(connection, release.id());
            return false;
        }
        Decided decided = Releaser.decide(
                transaction,
                release.record(),
                release.id(),
                "released",
                Releaser.BY_POLICY,
                clock.instant(),
                Optional.of(ahead.map(Releaser::text)
                        .orElse("policy " + policy.digest().hex())));
        Message body = CanonicalJson.parse(release.body()).predicate().orElseThrow();
        Digest statement = signer.sign(transaction, body, openings);
        ReleaseStore.decide(connection, release.id(), State.AUTOMATIC, decided);
        ReleaseStore.signed(connection, release.id(), statement);
        ReleaseStore.deleteOpenings(connection, release.id());
        Patterns.told(connection, release, stored, openings);
        return true;
    }
}
