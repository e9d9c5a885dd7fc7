package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The labels of the dataset versions behind an event or an artifact.
 *
 * @param unknown labels of one of them were erased: it may have had any
 */
record DataLabels(Set<String> names, boolean unknown) {

    private static final String FIELD = "labels";

    /** Whatever labels the data may have: every rule with a label holds. */
    static final DataLabels UNKNOWN = new DataLabels(Set.of(), true);

    DataLabels {
        names = Set.copyOf(names);
    }

    /** Of a record that makes a statement: those behind its run, or behind the artifact that it withdraws. */
    static DataLabels behind(Connection connection, StoredRecord event) throws SQLException, VerificationException {
        Set<String> names = new TreeSet<>();
        boolean unknown = false;
        for (DataLabels one : all(connection, event)) {
            names.addAll(one.names());
            unknown |= one.unknown();
        }
        return new DataLabels(names, unknown);
    }

    private static List<DataLabels> all(Connection connection, StoredRecord event)
            throws SQLException, VerificationException {
        Set<Long> runs = new TreeSet<>(event.targets("run"));
        for (long id : event.targets("artifact")) {
            StoredRecord artifact = RecordQuery.find(connection, id).orElseThrow();
            if (artifact.kind() == Kind.DATASET) {
                return List.of(of(artifact));
            } else if (artifact.kind() == Kind.RUN) {
                runs.add(id);
            } else {
                RecordQuery.producersOf(connection, id).stream()
                        .filter(run -> run.kind() == Kind.RUN)
                        .forEach(run -> runs.add(run.id()));
            }
        }
        List<DataLabels> found = new ArrayList<>();
        for (long run : runs) {
            Closure.of(connection, run).records().forEach(record -> found.add(of(record)));
        }
        return found;
    }

    /** Of one record itself. */
    static DataLabels of(StoredRecord record) {
        if (record.kind() != Kind.DATASET) {
            return new DataLabels(Set.of(), false);
        }
        Set<String> names = new TreeSet<>();
        record.value(FIELD).ifPresent(value -> {
            if (value instanceof FieldValue.Items items) {
                items.value().forEach(item -> names.add(item.display()));
            }
        });
        boolean erased = record.body().field(FIELD).stream().anyMatch(StoredField.Erased.class::isInstance);
        return new DataLabels(names, erased);
    }
}
