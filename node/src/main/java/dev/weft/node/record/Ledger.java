package dev.weft.node.record;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows and the site's log together: record n is leaf n. Used on the writer's thread alone, inside its transaction.
 * Leaves may be held back until {@link #flush()}, so that a batch moves the head once.
 */
final class Ledger {

    private static final long SITE_LOG = 0;

    /** A record's place, and whether it had it before. */
    record Placed(long id, Digest leaf, boolean duplicate) {}

    private final RowStore rows;
    private final JdbcLogStore store;
    private final TransparencyLog log;
    private final SecureRandom random;
    private final InstantSource clock;
    private final List<ByteString> held = new ArrayList<>();

    Ledger(Connection connection, SecureRandom random, InstantSource clock) throws SQLException, VerificationException {
        this.rows = new RowStore(connection);
        this.store = new JdbcLogStore(connection, SITE_LOG);
        this.log = TransparencyLog.open(store);
        this.random = random;
        this.clock = clock;
    }

    /** Stores the record, unless the same is there; its leaf waits for {@link #flush()}. */
    Placed place(Draft draft) throws SQLException, VerificationException {
        Origin origin = draft.record().origin();
        SortedMap<String, FieldValue> linked = new TreeMap<>();
        List<Link> links = resolve(draft, linked);
        var existing = rows.existing(origin);
        if (existing.isPresent()) {
            return duplicate(draft, existing.get(), linked);
        }
        long id = log.head().size() + held.size();
        Draft.Ready ready = draft.ready(linked);
        rows.insert(id, draft, clock.instant(), ready.body());
        for (Link link : links) {
            rows.insertLink(said(link, id));
        }
        held.add(ready.leaf());
        return new Placed(id, MerkleMath.leafHash(ready.leaf().toByteArray()), false);
    }

    private static Placed duplicate(Draft draft, RowStore.Existing existing, SortedMap<String, FieldValue> linked)
            throws VerificationException {
        if (!draft.sameAs(existing.body(), linked)) {
            Origin origin = draft.record().origin();
            throw new VerificationException(
                    Reason.EXTERNAL_ID_CONFLICT,
                    "record %d has the external id \"%s\" of source \"%s\" and says something else: give the new one an id of its own"
                            .formatted(existing.id(), origin.externalId().orElse(""), origin.source()));
        }
        Digest leaf = MerkleMath.leafHash(existing.body().tree().leafData().toByteArray());
        return new Placed(existing.id(), leaf, true);
    }

    /** Looks up what the draft names; the links come back with -1 where the draft itself stands. */
    private List<Link> resolve(Draft draft, SortedMap<String, FieldValue> linked)
            throws SQLException, VerificationException {
        List<Link> links = new ArrayList<>();
        for (var entry : draft.links().entrySet()) {
            Fields.Link link = entry.getValue();
            long of = link.of().isPresent()
                    ? resolve(draft, entry.getKey(), link.of().get())
                    : -1;
            List<FieldValue> ids = new ArrayList<>();
            for (Reference target : link.targets()) {
                long id = resolve(draft, entry.getKey(), target);
                ids.add(FieldValue.of(id));
                links.add(
                        link.role().namedIsDownstream()
                                ? new Link(id, of, link.role(), -1)
                                : new Link(of, id, link.role(), -1));
            }
            linked.put(entry.getKey(), link.list() ? new FieldValue.Items(ids) : ids.get(0));
        }
        return links;
    }

    private long resolve(Draft draft, String field, Reference target) throws SQLException, VerificationException {
        OptionalLong id = rows.resolve(draft.record().origin().source(), target);
        return id.orElseThrow(() -> new VerificationException(
                Reason.UNKNOWN_REFERENCE,
                "\"%s\" names record %s, which is not here: record that one first, or correct the reference"
                        .formatted(field, target)));
    }

    private static Link said(Link link, long id) {
        return new Link(link.down() < 0 ? id : link.down(), link.up() < 0 ? id : link.up(), link.role(), id);
    }

    /** Appends the leaves that were held back. */
    void flush() {
        if (!held.isEmpty()) {
            log.append(List.copyOf(held));
            held.clear();
        }
    }

    StoredRecord add(LineageRecord record) throws SQLException, VerificationException {
        return stored(new Draft(record, random));
    }

    /** Stores one record and its leaf at once. */
    StoredRecord stored(Draft draft) throws SQLException, VerificationException {
        Placed placed = place(draft);
        flush();
        return find(placed.id());
    }

    StoredRecord find(long id) throws SQLException {
        return RecordQuery.find(rows.connection(), id)
                .orElseThrow(() -> new IllegalStateException("record " + id + " was stored and is not there"));
    }

    TreeHead head() {
        return log.head();
    }

    InclusionProof inclusion(long record) {
        return log.inclusion(record, log.head().size());
    }

    List<Digest> proof(long from) {
        return log.consistency(from, log.head().size()).path();
    }

    /** Forgets what a rollback took back. */
    void rolledBack() {
        held.clear();
        rows.rolledBack();
        store.close(); // its statements; it prepares them anew
        log.rolledBack();
    }

    Instant now() {
        return clock.instant();
    }
}
