package dev.weft.node.capture.openlineage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.List;

/**
 * One event, read.
 *
 * @param named what it names: datasets, the job, its code, the run. The same of all events of a run, each recorded once
 * @param said what it says of them
 */
public record OpenLineageEvent(List<LineageRecord> named, LineageRecord.Observation said) {

    /** The source that records of events are under. */
    public static final String SOURCE = "openlineage";

    /** Events of one request at most. */
    public static final int MAX_EVENTS = 10_000;

    /** One event of a request: read, or refused. */
    public sealed interface Read {
        /** It was understood. */
        record Understood(OpenLineageEvent event) implements Read {}

        /** It was not. */
        record Refused(VerificationException why) implements Read {}
    }

    /** Copies the list. */
    public OpenLineageEvent {
        named = List.copyOf(named);
    }

    /** Reads one event, or a list of them where there is one; an event that is refused does not touch the others. */
    public static List<Read> read(String json) throws VerificationException {
        JsonElement body = EventJson.read(json);
        List<JsonElement> events = body instanceof JsonArray array ? array.asList() : List.of(body);
        if (events.size() > MAX_EVENTS) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED,
                    "%d events in one request; send at most %d at a time".formatted(events.size(), MAX_EVENTS));
        }
        List<Read> read = new ArrayList<>(events.size());
        for (JsonElement event : events) {
            try {
                read.add(new Read.Understood(one(event)));
            } catch (VerificationException e) {
                read.add(new Read.Refused(e));
            }
        }
        return read;
    }

    private static OpenLineageEvent one(JsonElement event) throws VerificationException {
        if (event instanceof JsonObject object) {
            MaskedEvent.members(object);
            return new EventReader(object).read();
        }
        throw new VerificationException(Reason.MALFORMED, "an event must be a JSON object");
    }
}
