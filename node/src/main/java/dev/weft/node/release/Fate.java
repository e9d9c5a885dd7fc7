package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of one field of one record. Told from the body itself, not from the policy: a field leaves if its value or
 * its commitment stands in there.
 */
public record Fate(long record, Kind kind, String field, Outcome outcome) {

    /** What becomes of a field. The number is what the database keeps; it grows with what is told. */
    public enum Outcome {
        /** The value stands in the statement. */
        PUBLIC(5),
        /** A commitment stands in the statement, the value goes along beside it. */
        OPENED(4),
        /** A commitment stands in the statement, and the range that the number lies in goes along beside it. */
        BUCKETED(3),
        /** A value under the federation's linking key stands in the statement. */
        LINKED(2),
        /** A commitment stands in the statement. */
        COMMITTED(1),
        /** Nothing of it leaves. */
        STAYS(0);

        private final int number;

        Outcome(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static Outcome ofNumber(int number) {
            return Arrays.stream(values())
                    .filter(outcome -> outcome.number == number)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the database holds an unknown outcome " + number));
        }

        /** The form in answers. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final java.util.regex.Pattern TECHNIQUE = java.util.regex.Pattern.compile("privacy[.][0-9]+[.]name");

    /** The member's name in an ArtifactRef's JSON. */
    private static final String LINKABLE = "\"linkable\":";

    /** Of every field of every record behind a statement. */
    static List<Fate> of(Connection connection, String body, StoredRecord record, List<Opening> openings)
            throws SQLException, VerificationException {
        List<Fate> fates = new ArrayList<>();
        for (StoredRecord behind : behind(connection, record).values()) {
            for (StoredField field : behind.body().fields()) {
                Outcome outcome = isSaid(behind.kind(), field, body)
                        ? Outcome.PUBLIC
                        : linked(connection, behind, field, body).orElseGet(() -> outcome(field, body, openings));
                fates.add(new Fate(behind.id(), behind.kind(), field.name(), outcome));
            }
        }
        return fates;
    }

    static Map<Long, StoredRecord> behind(Connection connection, StoredRecord record)
            throws SQLException, VerificationException {
        Map<Long, StoredRecord> behind = new LinkedHashMap<>();
        behind.put(record.id(), record);
        for (long run : record.targets("run")) {
            for (StoredRecord each : Closure.of(connection, run).records()) {
                behind.put(each.id(), each);
                for (StoredRecord seen : RecordQuery.observationsOf(connection, each.id())) {
                    behind.put(seen.id(), seen);
                }
            }
            for (StoredRecord metrics : RecordQuery.metricsOf(connection, run)) {
                behind.put(metrics.id(), metrics);
            }
        }
        for (long artifact : record.targets("artifact")) {
            RecordQuery.find(connection, artifact).ifPresent(each -> behind.put(each.id(), each));
        }
        return behind;
    }

    /** A linkable value is its record's digest in another form. */
    private static Optional<Outcome> linked(Connection connection, StoredRecord record, StoredField field, String body)
            throws SQLException {
        if (!field.name().equals(record.identityField()) || !body.contains(LINKABLE)) {
            return Optional.empty();
        }
        return LinkStore.values(connection, record.id()).stream()
                        .anyMatch(value ->
                                body.contains(quoted(Base64.getEncoder().encodeToString(value.toByteArray()))))
                ? Optional.of(Outcome.LINKED)
                : Optional.empty();
    }

    private static Outcome outcome(StoredField field, String body, List<Opening> openings) {
        byte[] commitment = field.commitment().toByteArray();
        if (openings.stream()
                .anyMatch(one -> one.getCommitment().equals(field.commitment().toByteString()))) {
            return Outcome.OPENED;
        }
        if (field instanceof StoredField.Kept kept && openings.stream().anyMatch(one -> Bucket.isOf(kept, one))) {
            return Outcome.BUCKETED;
        }
        if (body.contains(Base64.getEncoder().encodeToString(commitment))) {
            return Outcome.COMMITTED;
        }
        return field instanceof StoredField.Kept kept && stands(kept.value(), body) ? Outcome.PUBLIC : Outcome.STAYS;
    }

    /** A few words stand in statements as they are, or as the protocol's name for them: what a run did, for example. */
    private static boolean isSaid(Kind kind, StoredField field, String body) {
        boolean word = (kind == Kind.RUN && field.name().equals("step"))
                || (kind == Kind.REVOCATION && field.name().equals("reason"))
                || (kind == Kind.ROUND
                        && (field.name().equals("version")
                                || TECHNIQUE.matcher(field.name()).matches()));
        return word
                && field instanceof StoredField.Kept kept
                && (body.contains(quoted(kept.value().display()))
                        || body.contains(quoted(
                                kept.value().display().toUpperCase(Locale.ROOT).replace('-', '_'))));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** Of everything else only digests and ids are ever said as they are, so only they are looked for. */
    private static boolean stands(FieldValue value, String body) {
        if (value instanceof FieldValue.DigestValue digest) {
            return body.contains('"' + digest.value().toString() + '"');
        }
        return value instanceof FieldValue.Bytes bytes
                && body.contains(
                        '"' + Base64.getEncoder().encodeToString(bytes.value().toByteArray()) + '"');
    }
}
