package dev.weft.node.record;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;

/**
 * Takes a field's value and salt out of a record's row, and out of the two places that repeat a value. The record's tree
 * and leaf stay what they were. On the writer's connection, which overwrites what it frees (secure_delete).
 */
final class ErasureStore {

    /** What holds a record in its place, and no content: who it is about, what it belongs to. */
    private static final Set<String> FRAME = Set.of("kind", "source", "step", "event");

    private static final Set<String> LINKS =
            Set.of("inputs", "outputs", "code", "environment", "run", "of", "about", "artifact");

    private ErasureStore() {}

    /** Gives the field as it was. Fails with {@code not-found}, {@code duplicate} or {@code bad-value}. */
    static StoredField.Kept erase(Connection connection, StoredRecord record, String name)
            throws SQLException, VerificationException {
        StoredField.Kept field = erasable(record, name);
        try (PreparedStatement update = connection.prepareStatement("UPDATE record SET body = ? WHERE id = ?")) {
            update.setBytes(1, record.body().erase(name).encode().toByteArray());
            update.setLong(2, record.id());
            update.executeUpdate();
        }
        if (name.equals("externalId")) {
            run(connection, "UPDATE record SET external_id = NULL WHERE id = ?", record.id());
        }
        if (name.equals("digest")) {
            run(connection, "DELETE FROM artifact WHERE record = ?", record.id());
        }
        return field;
    }

    private static StoredField.Kept erasable(StoredRecord record, String name) throws VerificationException {
        StoredField field = record.body()
                .field(name)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_FOUND,
                        "record %d has no field \"%s\"; it has %s"
                                .formatted(
                                        record.id(),
                                        name,
                                        String.join(
                                                ", ",
                                                record.body().fields().stream()
                                                        .map(StoredField::name)
                                                        .toList()))));
        if (!(field instanceof StoredField.Kept kept)) {
            throw new VerificationException(
                    Reason.DUPLICATE, "field \"%s\" of record %d was erased before".formatted(name, record.id()));
        }
        boolean own =
                record.kind() == Kind.DECISION || record.kind() == Kind.ERASURE || record.kind() == Kind.DISCLOSURE;
        boolean decided = own && !name.equals("reason");
        if (decided || FRAME.contains(name) || (LINKS.contains(name) && isLink(kept.value()))) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "field \"%s\" holds record %d in its place and says nothing of a person: erase the fields that do"
                            .formatted(name, record.id()));
        }
        return kept;
    }

    private static boolean isLink(FieldValue value) {
        return value instanceof FieldValue.Int
                || (value instanceof FieldValue.Items items
                        && items.value().stream().allMatch(FieldValue.Int.class::isInstance));
    }

    private static void run(Connection connection, String sql, long record) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, record);
            statement.executeUpdate();
        }
    }
}
