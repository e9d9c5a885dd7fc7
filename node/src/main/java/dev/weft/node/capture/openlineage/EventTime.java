package dev.weft.node.capture.openlineage;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times as producers write them: up to nanoseconds, with a zone, or without one, which then is UTC. */
final class EventTime {

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);

    private EventTime() {}

    static Instant parse(String text) throws VerificationException {
        try {
            TemporalAccessor time =
                    FORM.parseBest(text.strip().replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
            Instant instant = time instanceof OffsetDateTime zoned
                    ? zoned.toInstant()
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
            if (FieldValue.Time.canHold(instant)) {
                return instant;
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new VerificationException(
                Reason.BAD_TIME,
                "\"eventTime\" is \"%s\"; write it as 2026-11-21T08:00:00Z, with a year of 0000 to 9999"
                        .formatted(text));
    }
}
