package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/** Says how far an import is, and what came of it. */
final class ImportProgress {
    private static final long EVERY_NANOS = 1_000_000_000L;

    private final Console console;
    private final boolean json;
    private long read;
    private long told = System.nanoTime();

    ImportProgress(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    void more(int count) {
        read += count;
        if (!json && System.nanoTime() - told > EVERY_NANOS) {
            told = System.nanoTime();
            console.error(String.format(Locale.ROOT, "%,d read", read));
        }
    }

    /** The last word, and the exit code. */
    int done(String things, RecordSink sink) {
        if (json) {
            console.json(report(things, sink));
        } else {
            console.line(String.format(
                    Locale.ROOT,
                    "%,d %s read: %,d records are new, %,d were there already, %,d refused",
                    read,
                    things,
                    sink.recorded(),
                    sink.there(),
                    sink.refused().size()));
            if (!sink.refused().isEmpty()) {
                console.table(List.of("record", "reason", "message"), sink.refused());
            }
        }
        return sink.refused().isEmpty() ? Exit.OK : Exit.USAGE;
    }

    private JsonObject report(String things, RecordSink sink) {
        JsonObject report = new JsonObject();
        report.addProperty(things, read);
        report.addProperty("recorded", sink.recorded());
        report.addProperty("there", sink.there());
        JsonArray refused = new JsonArray();
        for (List<String> row : sink.refused()) {
            JsonObject one = new JsonObject();
            one.addProperty("externalId", row.get(0));
            one.addProperty("reason", row.get(1));
            one.addProperty("message", row.get(2));
            refused.add(one);
        }
        report.add("refused", refused);
        return report;
    }
}
