package dev.weft.node.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Erases. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        description = "Erases a field of a record for good: value and salt. The log stays verifiable, the erasure is"
                + " recorded in your name, and every file of the node's directory is searched afterwards (with a"
                + " steward's token: --token-file).")
final class EraseCommand extends NodeCommand {
    @Parameters(index = "0", paramLabel = "RECORD", description = "Its number, external id or digest.")
    private String record = "";

    @Option(names = "--field", required = true, paramLabel = "FIELD", description = "Name of the field.")
    private String field = "";

    @Override
    int run() throws CliException {
        JsonObject body = new JsonObject();
        body.addProperty("record", record);
        body.addProperty("field", field);
        JsonObject answer = client().post("/v1/erase", body.toString());
        boolean clean = answer.get("found").getAsLong() == 0;
        if (common().json()) {
            console().json(answer);
            return clean ? Exit.OK : Exit.UNVERIFIED;
        }
        console()
                .line("erased " + field + " of record " + text(answer, "record") + ", recorded as "
                        + text(answer, "erasure"));
        console()
                .line("searched " + text(answer, "bytesSearched") + " bytes for its " + text(answer, "searchedFor")
                        + ": found " + text(answer, "found") + " times");
        answer.getAsJsonArray("foundIn")
                .forEach(file -> console()
                        .line("still in " + file.getAsString()
                                + ": another record, a statement or an older copy of the database has the same value"));
        if (answer.has("told")) {
            console().line(text(answer, "told"));
        }
        if (answer.has("note")) {
            console().line(text(answer, "note"));
        }
        console().line(text(answer, "backups"));
        return clean ? Exit.OK : Exit.UNVERIFIED;
    }
}
