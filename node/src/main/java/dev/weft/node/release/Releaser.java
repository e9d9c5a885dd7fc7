package dev.weft.node.release;

import com.google.protobuf.Message;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Origin;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.Recorded.Released;
import dev.weft.node.record.Reference;
import dev.weft.node.record.ReleaseStep;
import dev.weft.node.record.RoundEvent;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Release.Decided;
import dev.weft.node.release.Release.State;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Releases what a record lets out, in the transaction that stores it: signs it and puts it into the outbox, or queues its
 * body for the steward. Whoever decided is recorded in the site's log before the statement is signed, so that the site
 * head in the statement covers the decision.
 */
public final class Releaser implements ReleaseStep {

    /** Source of the records that the node makes itself. */
    static final String SOURCE = "weft-node";
    /** Who decided where no person did. */
    static final String BY_POLICY = "policy";

    private final Author author;
    private final ReleasePolicy policy;
    private final LinkingKeys keys;
    private final NodeAnchor anchor;
    private final StatementSigner signer;
    private final Patterns patterns;
    private final InstantSource clock;

    /** For one membership and one policy; {@code keys} may come to hold more while this runs. */
    public Releaser(
            Author author,
            ReleasePolicy policy,
            LinkingKeys keys,
            Outbox outbox,
            NodeAnchor anchor,
            SharedLogSeen seen,
            InstantSource clock) {
        this.author = author;
        this.policy = policy;
        this.keys = keys;
        this.anchor = anchor;
        this.signer = new StatementSigner(author, outbox, anchor, seen, clock);
        this.patterns = new Patterns(policy.digest());
        this.clock = clock;
    }

    @Override
    public boolean concerns(LineageRecord record) {
        return Summariser.concerns(record);
    }

    @Override
    public Released release(Transaction transaction, LineageRecord record, StoredRecord stored)
            throws SQLException, VerificationException {
        requireRole(record);
        if (record instanceof LineageRecord.Revocation) {
            long artifact = stored.targets("artifact").get(0);
            ReleaseDataStore.withdraw(transaction.connection(), artifact);
            PatternStore.endOn(transaction.connection(), artifact, "its withdrawal", clock.instant());
        }
        ReleasePolicy inForce = policy.on(DataLabels.behind(transaction.connection(), stored));
        Optional<Summary> summary = new Summariser(
                        inForce, keys, author.limits().getMaxClosePart())
                .summarise(transaction.connection(), record, stored);
        if (summary.isEmpty()) {
            return Released.NOTHING;
        }
        PredicateType type = summary.get().type();
        boolean waits = waits(inForce, transaction.connection(), type, stored);
        Optional<Pattern> ahead = waits ? ahead(transaction.connection(), stored, summary.get()) : Optional.empty();
        if (waits && ahead.isEmpty()) {
            tellWaiting(transaction, record);
            return queue(transaction, stored, summary.get(), State.WAITING);
        }
        return held(type)
                ? queue(transaction, stored, summary.get(), State.HELD)
                : signAll(
                        transaction,
                        stored,
                        summary.get(),
                        ahead.map(Releaser::text).orElse(policyText()));
    }

    private boolean held(PredicateType type) {
        return anchor.stopped().isPresent() && type != PredicateType.ROUND && type != PredicateType.PROGRESS;
    }

    /** States that two names of an artifact are one, or has the steward see it first. */
    Released alias(Transaction transaction, Aliases.Due due) throws SQLException, VerificationException {
        Summary summary = Summary.of(due.body());
        ReleasePolicy inForce = policy.on(DataLabels.of(due.record()));
        if (due.steward() || inForce.rule(PredicateType.ALIAS) == ReleaseRule.STEWARD) {
            return queue(transaction, due.record(), summary, State.WAITING);
        }
        return held(PredicateType.ALIAS)
                ? queue(transaction, due.record(), summary, State.HELD)
                : signAll(transaction, due.record(), summary, policyText());
    }

    Aliases aliases() {
        return new Aliases(policy, keys);
    }

    /** A body that was made before, with today's names. */
    Message relinked(Connection connection, Release release, Message body) throws SQLException, VerificationException {
        ReleasePolicy inForce = policy.on(DataLabels.behind(connection, record(connection, release)));
        return new Relinked(connection, new References(inForce, connection, keys)).in(body);
    }

    /** Ends a release that nobody decided about, and puts another body in its place where there is one. */
    void supersede(Transaction transaction, Release release, Optional<Message> body, int epoch)
            throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        String why = "link epoch " + epoch + " is in force";
        if (body.isPresent()) {
            long id = ReleaseStore.insert(
                    connection,
                    release.record(),
                    release.state(),
                    release.predicateType(),
                    CanonicalJson.print(body.get()),
                    clock.instant());
            ReleaseStore.insertOpenings(connection, id, ReleaseStore.openings(connection, release.id()));
            ReleaseDataStore.copy(connection, release.id(), id);
            why += "; made anew as release " + id;
        }
        Decided decided = decide(
                transaction, release.record(), release.id(), "refused", BY_POLICY, clock.instant(), Optional.of(why));
        ReleaseStore.decide(connection, release.id(), State.REFUSED, decided);
        ReleaseStore.deleteOpenings(connection, release.id());
    }

    /** Signs what says nothing of a record. */
    public Digest sign(Transaction transaction, Message body) throws SQLException, VerificationException {
        return signer.sign(transaction, body, List.of());
    }

    Instant now() {
        return clock.instant();
    }

    Digest policyDigest() {
        return policy.digest();
    }

    boolean isLinkable(String name) {
        return policy.anyField(name, FieldClass.LINKABLE);
    }

    private Optional<Pattern> ahead(Connection connection, StoredRecord stored, Summary summary)
            throws SQLException, VerificationException {
        String body =
                CanonicalJson.print(summary.bodies().get(0).after(List.of())).toStringUtf8();
        return patterns.covering(connection, summary.type(), stored, body, summary.openings());
    }

    static String text(Pattern pattern) {
        return "pattern " + pattern.id() + ", approved by " + pattern.by() + " with release " + pattern.release();
    }

    @Override
    public Released released(Connection connection, long record) throws SQLException {
        List<Release> all = ReleaseStore.ofRecord(connection, record);
        List<Digest> statements =
                all.stream().flatMap(each -> each.statement().stream()).toList();
        Optional<Release> asked =
                all.stream().filter(each -> each.state() != State.AUTOMATIC).findFirst();
        return new Released(
                statements,
                asked.filter(each -> each.state().open()).isPresent(),
                asked.map(each -> OptionalLong.of(each.id())).orElse(OptionalLong.empty()));
    }

    private void requireRole(LineageRecord record) throws VerificationException {
        boolean rounds = record instanceof RoundEvent.Register
                || record instanceof RoundEvent.Open
                || record instanceof RoundEvent.Close;
        if (author.role() == Role.AUDITOR || (rounds && author.role() != Role.COORDINATOR)) {
            throw new VerificationException(
                    Reason.ROLE_NOT_ALLOWED,
                    "%s is a member as %s, which does not %s: send it to the node whose organisation does"
                            .formatted(
                                    author.name(),
                                    author.role().name().toLowerCase(java.util.Locale.ROOT),
                                    rounds ? "register, open or close rounds" : "state anything about training"));
        }
    }

    /** Whether the steward has to see a statement of that type about this record first. */
    static boolean waits(ReleasePolicy policy, Connection connection, PredicateType type, StoredRecord stored)
            throws SQLException, VerificationException {
        return switch (policy.rule(type)) {
            case AUTOMATIC -> false;
            case STEWARD -> true;
            case NEW_DATA ->
                !ReleaseDataStore.approved(
                        connection, type, ReleaseDataStore.behind(connection, stored), policy.digest());
        };
    }

    private Released queue(Transaction transaction, StoredRecord stored, Summary summary, State state)
            throws SQLException, VerificationException {
        // What waits is one statement: only rounds make rows of them, and those are the coordinator's own act.
        Message body = summary.bodies().get(0).after(List.of());
        Connection connection = transaction.connection();
        long id = ReleaseStore.insert(
                connection, stored.id(), state, summary.type().uri(), CanonicalJson.print(body), clock.instant());
        ReleaseStore.insertOpenings(connection, id, summary.openings());
        if (Patterns.onData(summary.type())) {
            ReleaseDataStore.insert(connection, id, ReleaseDataStore.behind(connection, stored), policy.digest());
        }
        return new Released(List.of(), true, OptionalLong.of(id));
    }

    private void tellWaiting(Transaction transaction, LineageRecord record) throws SQLException, VerificationException {
        Optional<Digest> round = round(record);
        if (round.isEmpty() || anchor.stopped().isPresent()) {
            return;
        }
        Optional<Summary> progress = Summariser.progress(policy, round.get(), ProgressState.WAITING);
        if (progress.isPresent()) {
            signer.sign(transaction, progress.get().bodies().get(0).after(List.of()), List.of());
        }
    }

    private static Optional<Digest> round(LineageRecord record) {
        if (record instanceof RoundEvent.Contribution contribution) {
            return Optional.of(contribution.round());
        }
        return Optional.empty();
    }

    private Released signAll(Transaction transaction, StoredRecord stored, Summary summary, String why)
            throws SQLException, VerificationException {
        anchor.requireSigning();
        Connection connection = transaction.connection();
        Instant now = clock.instant();
        long first = ReleaseStore.nextId(connection);
        Decided decided = decide(transaction, stored.id(), first, "released", BY_POLICY, now, Optional.of(why));
        List<Digest> statements = new ArrayList<>();
        for (int n = 0; n < summary.bodies().size(); n++) {
            Message body = summary.bodies().get(n).after(statements);
            boolean last = n == summary.bodies().size() - 1;
            List<Opening> openings = last ? summary.openings() : List.of();
            Digest statement = signer.sign(transaction, body, openings);
            long id = ReleaseStore.insert(
                    connection, stored.id(), State.AUTOMATIC, summary.type().uri(), CanonicalJson.print(body), now);
            ReleaseStore.decide(connection, id, State.AUTOMATIC, decided);
            ReleaseStore.signed(connection, id, statement);
            Patterns.told(connection, ReleaseStore.find(connection, id).orElseThrow(), stored, openings);
            statements.add(statement);
        }
        return new Released(statements, false, OptionalLong.empty());
    }

    private String policyText() {
        return "policy " + policy.digest().hex();
    }

    /** Signs what a person approved: exactly the body that was shown. */
    Digest approve(Transaction transaction, Release release, String person) throws SQLException, VerificationException {
        anchor.requireSigning();
        Connection connection = transaction.connection();
        Message body = CanonicalJson.parse(release.body())
                .predicate()
                .orElseThrow(() -> new IllegalStateException("release " + release.id() + " holds no predicate"));
        Decided decided = decide(
                transaction, release.record(), release.id(), "approved", person, clock.instant(), Optional.empty());
        List<Opening> openings = ReleaseStore.openings(connection, release.id());
        Digest statement = signer.sign(transaction, body, openings);
        ReleaseStore.decide(connection, release.id(), State.APPROVED, decided);
        ReleaseStore.signed(connection, release.id(), statement);
        Patterns.told(connection, release, record(connection, release), openings);
        ReleaseStore.deleteOpenings(connection, release.id());
        ReleaseDataStore.approve(connection, release.id());
        return statement;
    }

    /** Signs it, and lets out in the same person's name what is like it, until the pattern ends. */
    Pattern approveAhead(Transaction transaction, Release release, String person)
            throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        StoredRecord stored = record(connection, release);
        Preview preview = Preview.of(connection, release, stored, ReleaseStore.openings(connection, release.id()));
        approve(transaction, release, person);
        Pattern pattern = patterns.add(connection, preview, stored, person, clock.instant());
        decide(
                transaction,
                release.record(),
                release.id(),
                "approved ahead",
                person,
                clock.instant(),
                Optional.of("pattern " + pattern.id()));
        return pattern;
    }

    /** From here on what is like it waits again. */
    void endAhead(Transaction transaction, Pattern pattern, String person) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        Release release = ReleaseStore.find(connection, pattern.release()).orElseThrow();
        PatternStore.end(connection, pattern.id(), person, clock.instant());
        decide(
                transaction,
                release.record(),
                release.id(),
                "ended",
                person,
                clock.instant(),
                Optional.of("pattern " + pattern.id()));
    }

    private static StoredRecord record(Connection connection, Release release) throws SQLException {
        return RecordQuery.find(connection, release.record())
                .orElseThrow(() -> new IllegalStateException("release " + release.id() + " has no record"));
    }

    /** Keeps in what a person refused. */
    void refuse(Transaction transaction, Release release, String person, String reason)
            throws SQLException, VerificationException {
        Decided decided = decide(
                transaction, release.record(), release.id(), "refused", person, clock.instant(), Optional.of(reason));
        ReleaseStore.decide(transaction.connection(), release.id(), State.REFUSED, decided);
        ReleaseStore.deleteOpenings(transaction.connection(), release.id());
        ReleaseDataStore.refuse(transaction.connection(), release.id());
        PatternStore.endBehind(
                transaction.connection(), release.id(), "refusal of release " + release.id(), clock.instant());
    }

    static Decided decide(
            Transaction transaction,
            long record,
            long release,
            String verdict,
            String by,
            Instant at,
            Optional<String> reason)
            throws SQLException, VerificationException {
        StoredRecord decision = transaction.add(new LineageRecord.Decision(
                Origin.of(SOURCE), new Reference.ById(record), release, verdict, by, at, reason));
        return new Decided(by, at, reason, decision.id());
    }
}
