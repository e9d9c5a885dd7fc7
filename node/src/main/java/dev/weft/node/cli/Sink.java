package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a command's records go: to the node, or, where it does not answer, into a file that can be handed in later. */
final class Sink {
    /** Below what one request may hold. */
    static final int BATCH = 2_000;

    private final Common common;
    private final @Nullable Path spool;

    Sink(Common common, @Nullable Path spool) {
        this.common = common;
        this.spool = spool;
    }

    /** What the node made of them. */
    record Taken(long recorded, long known, List<Long> records) {}

    /** Hands all in, in their order. A record that is refused is a CliException that says why; those before it stay. */
    Taken send(List<JsonObject> records) throws CliException {
        LocalClient client = LocalClient.open(common);
        long known = 0;
        List<Long> ids = new ArrayList<>();
        for (int from = 0; from < records.size(); from += BATCH) {
            JsonArray batch = new JsonArray();
            records.subList(from, Math.min(records.size(), from + BATCH)).forEach(batch::add);
            JsonObject answer = client.post("/v1/records/batch", batch.toString());
            int at = from;
            for (JsonElement each : answer.getAsJsonArray("results")) {
                JsonObject result = each.getAsJsonObject();
                if (!result.has("record")) {
                    throw refused(records.get(at), result);
                }
                known += result.get("duplicate").getAsBoolean() ? 1 : 0;
                ids.add(result.get("record").getAsLong());
                at++;
            }
        }
        return new Taken(records.size() - known, known, ids);
    }

    private static CliException refused(JsonObject record, JsonObject result) {
        return new CliException(
                Exit.USAGE,
                "the node refuses the %s %s: %s (%s)"
                        .formatted(
                                NodeCommand.text(record, "kind"),
                                NodeCommand.text(record, "name"),
                                NodeCommand.text(result, "message"),
                                NodeCommand.text(result, "reason")));
    }

    /** Puts them where they can be handed in later; says where they are, or that they are nowhere. */
    String keep(List<JsonObject> records) {
        if (spool == null) {
            return "this run is not recorded; --spool FILE would keep it for later, --fail-closed would not start it";
        }
        StringBuilder lines = new StringBuilder();
        records.forEach(record -> lines.append(record).append('\n'));
        try {
            // A crash within the write leaves a last line that 'record --batch' refuses by itself.
            create(spool);
            Files.writeString(spool, lines, StandardOpenOption.APPEND);
            return "kept in " + spool + "; hand it in with: weft-node record --batch " + spool;
        } catch (IOException e) {
            return "this run is not recorded, and cannot be kept in " + spool + ": " + e.getMessage();
        }
    }

    private static void create(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }
}
