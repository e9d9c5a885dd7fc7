package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.node.capture.PlainJson;
import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Hands records that a reader made to the running node, many in a request, and counts what became of them. One that is
 * there in other words stays as it is: a reader's ids follow from what it read, so the other words are of a file that was
 * changed since.
 */
final class RecordSink {
    private static final int IN_REQUEST = 1_000;
    private static final int CHARACTERS = 8 << 20;
    /** What may be otherwise in a minute: the import ends here and is begun again later. */
    private static final Set<String> PASSING = Set.of(
            Reason.BUSY.code(),
            Reason.SHUTDOWN.code(),
            Reason.STOPPED.code(),
            Reason.DISK_FULL.code(),
            Reason.INTERNAL.code());

    private final LocalClient client;
    private final List<List<String>> refused = new ArrayList<>();
    private long recorded;
    private long there;

    RecordSink(LocalClient client) {
        this.client = client;
    }

    long recorded() {
        return recorded;
    }

    long there() {
        return there;
    }

    /** External id, reason and sentence of each that was refused. */
    List<List<String>> refused() {
        return refused;
    }

    /** All of them are on disk, or refused for good, when this returns. */
    void take(List<LineageRecord> records) throws VerificationException {
        JsonArray batch = new JsonArray();
        int size = 0;
        for (LineageRecord record : records) {
            Optional<JsonObject> json = printed(record);
            if (json.isEmpty()) {
                continue;
            }
            batch.add(json.get());
            size += json.get().toString().length();
            if (batch.size() == IN_REQUEST || size > CHARACTERS) {
                send(batch);
                batch = new JsonArray();
                size = 0;
            }
        }
        if (!batch.isEmpty()) {
            send(batch);
        }
    }

    /** One that holds what no record can, a time beyond the year 9999 for one, is refused here and touches no other. */
    private Optional<JsonObject> printed(LineageRecord record) {
        try {
            return Optional.of(PlainJson.print(record));
        } catch (IllegalArgumentException e) {
            refused.add(List.of(
                    record.origin().externalId().orElse(""),
                    Reason.BAD_VALUE.code(),
                    "a value cannot be kept: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private void send(JsonArray batch) throws VerificationException {
        JsonObject answer;
        try {
            answer = client.post("/v1/records/batch", batch.toString());
        } catch (CliException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE, e.getMessage() + "; the import goes on from here when it is run again", e);
        }
        JsonArray results = answer.getAsJsonArray("results");
        for (int n = 0; n < results.size(); n++) {
            count(batch.get(n).getAsJsonObject(), results.get(n));
        }
    }

    private void count(JsonObject sent, JsonElement element) throws VerificationException {
        JsonObject result = element.getAsJsonObject();
        if (result.has("record")) {
            boolean duplicate = result.get("duplicate").getAsBoolean();
            there += duplicate ? 1 : 0;
            recorded += duplicate ? 0 : 1;
            return;
        }
        String reason = NodeCommand.text(result, "reason");
        String message = NodeCommand.text(result, "message");
        if (PASSING.contains(reason)) {
            throw new VerificationException(
                    Reason.ofCode(reason).orElse(Reason.UNAVAILABLE),
                    message + "; the import goes on from here when it is run again");
        }
        if (reason.equals(Reason.EXTERNAL_ID_CONFLICT.code())) {
            there++;
        } else {
            refused.add(List.of(NodeCommand.text(sent, "externalId"), reason, message));
        }
    }
}
