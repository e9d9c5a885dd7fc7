package dev.weft.node.capture;

import dev.weft.node.config.Nearest;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Origin;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the plain JSON form of records: {@code {"kind": ..., "source": ..., "externalId": ..., the kind's fields,
 * "fields": {own values}}}. A name that the kind does not have is refused with the nearest one that it has.
 */
public final class RecordJson {

    /** Records that one request may hold. */
    public static final int MAX_RECORDS = 10_000;

    private static final String DEFAULT_SOURCE = "api";
    private static final int MAX_ID = 500;
    private static final List<String> KINDS = Arrays.stream(Kind.values())
            .filter(Kind::comesFromTools)
            .map(Kind::text)
            .toList();

    /** One record of many: read, or refused. */
    public sealed interface Read {
        /** It was understood. */
        record Understood(LineageRecord record) implements Read {}

        /** It was not. */
        record Refused(VerificationException why) implements Read {}
    }

    private RecordJson() {}

    /** Reads one record. */
    public static LineageRecord read(String json) throws VerificationException {
        return record(StrictJson.read(json));
    }

    /** Reads the record of a round event whose kind and event the caller knows: a body of {@code /v1/rounds/EVENT}. */
    public static LineageRecord round(String event, String json) throws VerificationException {
        Members members = Members.of(StrictJson.read(json), "the " + event + " of a round");
        LineageRecord record = RoundJson.event(event, origin(members), members);
        members.end();
        return record;
    }

    /**
     * Reads many: a JSON array, or one record a line. One that is refused does not touch the others; an array that is no
     * JSON, or more than {@value #MAX_RECORDS}, is refused as a whole.
     */
    public static List<Read> readAll(String body) throws VerificationException {
        String text = body.strip();
        List<Read> read = new ArrayList<>();
        if (text.startsWith("[")) {
            for (Object item : (List<?>) limited((List<?>) StrictJson.read(text))) {
                read.add(attempt(() -> record(item)));
            }
            return read;
        }
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        for (Object line : limited(lines)) {
            read.add(attempt(() -> read((String) line)));
        }
        return read;
    }

    private static List<?> limited(List<?> records) throws VerificationException {
        if (records.size() > MAX_RECORDS) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED,
                    "%d records in one request; send at most %d at a time".formatted(records.size(), MAX_RECORDS));
        }
        return records;
    }

    private interface Reading {
        LineageRecord read() throws VerificationException;
    }

    private static Read attempt(Reading reading) {
        try {
            return new Read.Understood(reading.read());
        } catch (VerificationException e) {
            return new Read.Refused(e);
        }
    }

    private static LineageRecord record(Object json) throws VerificationException {
        Members any = Members.of(json, "a record");
        String text = any.text("kind");
        Optional<Kind> kind = Kind.ofText(text).filter(Kind::comesFromTools);
        if (kind.isEmpty()) {
            throw new VerificationException(
                    Reason.UNKNOWN_KIND,
                    "\"kind\" is \"%s\"; it must be one of %s%s"
                            .formatted(text, String.join(", ", KINDS), Nearest.hint(text, KINDS)));
        }
        Members members = any.as("a " + text + " record");
        LineageRecord record = kind(kind.get(), origin(members), members);
        members.end();
        return record;
    }

    private static Origin origin(Members members) throws VerificationException {
        String source = members.optionalText("source").orElse(DEFAULT_SOURCE);
        Optional<String> externalId = members.optionalText("externalId");
        if (source.isBlank() || source.length() > MAX_ID) {
            throw members.bad("source", "must be 1 to " + MAX_ID + " characters");
        }
        if (externalId.isPresent()
                && (externalId.get().isBlank() || externalId.get().length() > MAX_ID)) {
            throw members.bad("externalId", "must be 1 to " + MAX_ID + " characters");
        }
        return new Origin(source, externalId, Values.of(members, "fields"));
    }

    private static LineageRecord kind(Kind kind, Origin origin, Members members) throws VerificationException {
        try {
            return switch (kind) {
                case DATASET, CODE, ENVIRONMENT, MODEL, PERMIT -> ArtifactJson.read(kind, origin, members);
                case RUN -> ArtifactJson.run(origin, members);
                case OBSERVATION -> ArtifactJson.observation(origin, members);
                case METRICS ->
                    new LineageRecord.Metrics(origin, members.reference("of"), Values.measured(members, "values"));
                case REVOCATION ->
                    new LineageRecord.Revocation(
                            origin, members.reference("artifact"), members.choice("reason", LineageRecord.Cause.class));
                case NOTE -> new LineageRecord.Note(origin, members.reference("about"), members.text("text"));
                case ROUND -> RoundJson.read(origin, members);
                case DECISION, ERASURE, DISCLOSURE ->
                    throw new IllegalStateException("only the node itself makes these");
            };
        } catch (IllegalArgumentException e) {
            throw new VerificationException(Reason.BAD_VALUE, "a value cannot be kept: " + e.getMessage(), e);
        }
    }
}
