package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.Role;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A run and everything at this site that stands behind it: what it took, the runs that made that, and so on. It ends at
 * models that came from the federation, whose lineage others tell.
 */
final class Closure {

    /** Runs that one statement may name. */
    private static final int MAX_RUNS = 32;

    private static final Map<Role, String> FIELDS =
            Map.of(Role.INPUT, "inputs", Role.OUTPUT, "outputs", Role.CODE, "code", Role.ENVIRONMENT, "environment");

    private final Connection connection;
    private final Map<Long, StoredRecord> records = new TreeMap<>();

    private Closure(Connection connection) {
        this.connection = connection;
    }

    static Closure of(Connection connection, long run) throws SQLException, VerificationException {
        Closure closure = new Closure(connection);
        StoredRecord start = closure.take(run);
        if (start.kind() != Kind.RUN) {
            throw new VerificationException(
                    Reason.UNKNOWN_REFERENCE,
                    "\"run\" names record %d, which is a %s: name the run"
                            .formatted(run, start.kind().text()));
        }
        closure.walk(start);
        return closure;
    }

    private void walk(StoredRecord start) throws SQLException, VerificationException {
        Deque<StoredRecord> open = new ArrayDeque<>(List.of(start));
        int runs = 1;
        while (!open.isEmpty()) {
            StoredRecord run = open.remove();
            for (Role role : List.of(Role.CODE, Role.ENVIRONMENT, Role.OUTPUT)) {
                for (long id : used(run, role)) {
                    take(id);
                }
            }
            for (long id : used(run, Role.INPUT)) {
                StoredRecord input = take(id);
                for (StoredRecord producer : fromElsewhere(input) ? List.<StoredRecord>of() : producers(id)) {
                    if (records.put(producer.id(), producer) == null) {
                        open.add(producer);
                        runs++;
                    }
                }
            }
            if (runs > MAX_RUNS) {
                throw new VerificationException(
                        Reason.LIMIT_EXCEEDED,
                        "more than %d runs stand behind run %d, which one statement cannot name: record a run that sums the earlier ones up"
                                .formatted(MAX_RUNS, start.id()));
            }
        }
    }

    /** What a run has in a role: as it names it itself, then what was observed of it. */
    List<Long> used(StoredRecord run, Role role) throws SQLException {
        Set<Long> ids = new LinkedHashSet<>(run.targets(FIELDS.getOrDefault(role, "")));
        ids.addAll(RecordQuery.usedBy(connection, run.id(), role));
        return List.copyOf(ids);
    }

    private static boolean fromElsewhere(StoredRecord input) {
        return input.kind() == Kind.MODEL && input.body().field("from").isPresent();
    }

    private List<StoredRecord> producers(long id) throws SQLException {
        return RecordQuery.producersOf(connection, id).stream()
                .filter(record -> record.kind() == Kind.RUN)
                .toList();
    }

    private StoredRecord take(long id) throws SQLException {
        StoredRecord known = records.get(id);
        if (known == null) {
            known = RecordQuery.find(connection, id)
                    .orElseThrow(() -> new IllegalStateException("record " + id + " is named and not there"));
            records.put(id, known);
        }
        return known;
    }

    /** The runs, in the order in which they were recorded. */
    List<StoredRecord> runs() {
        return records.values().stream()
                .filter(record -> record.kind() == Kind.RUN)
                .toList();
    }

    /** Everything, in the order in which it was recorded. */
    Collection<StoredRecord> records() {
        return records.values();
    }

    Optional<StoredRecord> record(long id) {
        return Optional.ofNullable(records.get(id));
    }
}
