package dev.weft.aggregator.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** How finality stands, in lines for people: what is final, and who is missing. */
final class FinalityText {
    private FinalityText() {}

    /** @param finality as the daemon's status says it */
    static List<String> lines(JsonObject finality) {
        List<String> lines = new ArrayList<>();
        lines.add("finality    " + summary(finality));
        if (finality.has("witnesses")) {
            for (JsonElement witness : finality.getAsJsonArray("witnesses")) {
                lines.add("witness     " + witness(witness.getAsJsonObject()));
            }
        }
        return lines;
    }

    private static String summary(JsonObject finality) {
        long size = finality.get("size").getAsLong();
        if (!finality.get("stated").getAsBoolean()) {
            return "no witness policy: nothing is called final";
        }
        String upTo = size == 0 ? "nothing is final yet" : "entries below " + size + " are final";
        String policy = finality.has("policy")
                ? ", by the policy at entry " + finality.get("policy").getAsLong()
                : ", the policy is not in force yet";
        String missing = finality.has("quorumMissingSince")
                ? "; quorum missing since " + finality.get("quorumMissingSince").getAsString() + ", intake goes on"
                : "";
        return upTo + policy + missing;
    }

    private static String witness(JsonObject witness) {
        String at = witness.has("at") ? ", last at " + witness.get("at").getAsString() : "";
        String missing = witness.has("missingSince")
                ? ", MISSING since " + witness.get("missingSince").getAsString()
                : "";
        String trouble =
                witness.has("trouble") ? ", says " + witness.get("trouble").getAsString() : "";
        return witness.get("name").getAsString() + " ("
                + witness.get("organisation").getAsString() + ", "
                + witness.get("mode").getAsString() + ") cosigned size "
                + witness.get("size").getAsLong() + at + missing + trouble;
    }
}
