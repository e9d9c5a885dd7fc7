package dev.weft.it.story;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a verifier's command line says with {@code --json}, without the sentences, which are each program's own.
 *
 * @param verdict without members where nothing was judged
 */
record ToldVerdict(int exitCode, JsonElement verdict) {
    /** What is the same, whoever says it. */
    private static final List<String> PARTS =
            List.of("verdict", "reason", "claims", "notProven", "checkpoint", "policy");

    static ToldVerdict here(Distribution distribution, String... arguments) {
        Command told = distribution.call(
                Stream.concat(Stream.of("verify"), Stream.of(json(arguments))).toArray(String[]::new));
        return of(told.exitCode(), told.output());
    }

    static ToldVerdict there(Python python, String... arguments) {
        Python.Output told = python.ask("weft_verify.py", json(arguments));
        return of(told.exitCode(), told.text());
    }

    private static String[] json(String[] arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    }

    private static ToldVerdict of(int exitCode, String text) {
        JsonObject verdict = new JsonObject();
        if (exitCode < 2) {
            JsonObject told = JsonParser.parseString(text).getAsJsonObject();
            PARTS.forEach(part -> verdict.add(part, told.get(part)));
            withoutSentences(told.getAsJsonArray("claims"));
            withoutSentences(told.getAsJsonArray("notProven"));
        }
        return new ToldVerdict(exitCode, verdict);
    }

    private static void withoutSentences(JsonArray all) {
        all.forEach(each -> {
            each.getAsJsonObject().remove("detail");
            each.getAsJsonObject().remove("text");
        });
    }
}
