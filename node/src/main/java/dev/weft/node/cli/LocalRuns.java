package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.observe.HashCache;
import dev.weft.node.observe.Hasher;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Questions about runs of this site: how to do one again, how two differ, what is still as it was. */
final class LocalRuns {
    private LocalRuns() {}

    /** Prints a recipe. */
    @Command(
            name = "reproduce",
            mixinStandardHelpOptions = true,
            description = "What it takes to do a run again, and what of it is missing.")
    static final class Reproduce extends NodeCommand {
        @Parameters(paramLabel = "RECORD", description = "The run: its number or its external id.")
        private String of = "";

        @Override
        int run() throws CliException {
            Recipe recipe = Recipe.of(RunFacts.askRun(client(), of));
            if (common().json()) {
                console().json(recipe.json());
                return Exit.OK;
            }
            console().facts(rows(recipe, false));
            console().line("");
            console().line(recipe.missing().isEmpty() ? "Nothing is missing that Weft knows of." : "Missing:");
            recipe.missing().forEach(each -> console().line("  " + each));
            console().line("");
            console().facts(rows(recipe, true));
            return Exit.OK;
        }

        /** Packages come last: there may be hundreds of them. */
        private static List<List<String>> rows(Recipe recipe, boolean packages) {
            return recipe.facts().entrySet().stream()
                    .filter(fact -> packages == fact.getKey().startsWith(Recipe.PACKAGE))
                    .map(fact -> List.of(fact.getKey(), fact.getValue()))
                    .toList();
        }
    }

    /** Compares two. */
    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description = "What differs between two runs; exits with 1 where something does.")
    static final class Diff extends NodeCommand {
        @Parameters(index = "0", paramLabel = "A", description = "A run: its number or its external id.")
        private String first = "";

        @Parameters(index = "1", paramLabel = "B", description = "Another one.")
        private String second = "";

        @Override
        int run() throws CliException {
            LocalClient client = client();
            Map<String, String> a = Recipe.of(RunFacts.askRun(client, first)).facts();
            Map<String, String> b = Recipe.of(RunFacts.askRun(client, second)).facts();
            TreeSet<String> names = new TreeSet<>(a.keySet());
            names.addAll(b.keySet());
            names.removeIf(name -> a.getOrDefault(name, "-").equals(b.getOrDefault(name, "-")));
            List<List<String>> rows = new ArrayList<>();
            JsonArray json = new JsonArray();
            for (String name : names) {
                JsonObject each = new JsonObject();
                each.addProperty("name", name);
                each.addProperty("a", a.get(name));
                each.addProperty("b", b.get(name));
                json.add(each);
                rows.add(List.of(name, a.getOrDefault(name, "-"), b.getOrDefault(name, "-")));
            }
            if (common().json()) {
                JsonObject answer = new JsonObject();
                answer.add("differences", json);
                console().json(answer);
            } else if (rows.isEmpty()) {
                console().line("no difference in what is recorded of them");
            } else {
                console().table(List.of("what", first, second), rows);
            }
            return rows.isEmpty() ? Exit.OK : Exit.UNVERIFIED;
        }
    }

    /** Looks again. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {
                "Hashes again what is still there of a run, a dataset, a model or code, and says what changed;",
                "exits with 1 where something changed or is gone."
            })
    static final class Check extends NodeCommand {
        @Parameters(paramLabel = "RECORD", description = "A record: its number, its external id or its digest.")
        private String of = "";

        @Override
        int run() throws CliException {
            RunFacts facts = RunFacts.ask(client(), of);
            List<JsonObject> records = new ArrayList<>();
            if (facts.kind().equals("run")) {
                records.addAll(facts.inputs());
                records.addAll(facts.outputs());
                records.addAll(facts.code());
            } else {
                records.add(facts.record());
            }
            Hasher hasher = new Hasher(
                    HashCache.open(common().directory().resolve("hash-cache")),
                    InstantSource.system(),
                    ProgressBar.on(console(), common()));
            List<Rechecked> results = new ArrayList<>();
            records.forEach(record -> results.add(Rechecked.of(record, hasher)));
            hasher.save().ifPresent(console()::error);
            show(results);
            return results.stream().anyMatch(Rechecked::differs) ? Exit.UNVERIFIED : Exit.OK;
        }

        private void show(List<Rechecked> results) {
            JsonArray json = new JsonArray();
            List<List<String>> rows = new ArrayList<>();
            for (Rechecked each : results) {
                json.add(each.json());
                rows.add(List.of(each.record(), each.name(), each.state(), each.was(), each.now()));
            }
            if (common().json()) {
                JsonObject answer = new JsonObject();
                answer.add("checked", json);
                console().json(answer);
            } else {
                console().table(List.of("record", "what", "is", "was", "now"), rows);
            }
        }
    }
}
