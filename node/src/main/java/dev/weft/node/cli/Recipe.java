package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What it takes to do a run again, as facts in one order, and what of it is missing. */
record Recipe(Map<String, String> facts, List<String> missing) {
    /** How the names of facts about packages begin. */
    static final String PACKAGE = "package ";

    static Recipe of(RunFacts run) {
        return new Recipe(facts(run), missing(run));
    }

    private static Map<String, String> facts(RunFacts run) {
        Map<String, String> facts = new TreeMap<>();
        for (String name : List.of("step", "command", "seed", "exitCode", "state")) {
            run.last(name).ifPresent(value -> facts.put(name, value));
        }
        run.last("field.directory").ifPresent(value -> facts.put("directory", value));
        run.all("parameter.").forEach((name, value) -> facts.put("parameter " + name, value));
        run.all("metric.").forEach((name, value) -> facts.put("metric " + name, value));
        run.inputs().forEach(each -> facts.put("input " + RunFacts.name(each), RunFacts.digest(each)));
        run.outputs().forEach(each -> facts.put("output " + RunFacts.name(each), RunFacts.digest(each)));
        for (JsonObject code : run.code()) {
            String name = "code " + RunFacts.name(code);
            facts.put(name, RunFacts.digest(code));
            RunFacts.value(code, "repository").ifPresent(value -> facts.put(name + " from", value));
            RunFacts.value(code, "field.changes").ifPresent(value -> facts.put(name + " changed to", value));
        }
        for (JsonObject environment : run.environments()) {
            for (String name :
                    List.of("os", "interpreter", "field.architecture", "field.container", "field.accelerators")) {
                RunFacts.value(environment, name)
                        .ifPresent(value -> facts.put("environment " + name.replace("field.", ""), value));
            }
            packages(environment).forEach(each -> {
                int split = each.indexOf("==");
                facts.put(
                        PACKAGE + (split < 0 ? each : each.substring(0, split)),
                        split < 0 ? "present" : each.substring(split + 2));
            });
        }
        return facts;
    }

    private static List<String> packages(JsonObject environment) {
        Optional<JsonElement> packages = RunFacts.field(environment, "packages");
        return packages.filter(JsonElement::isJsonArray)
                .map(list -> list.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsString)
                        .toList())
                .orElse(List.of());
    }

    private static List<String> missing(RunFacts run) {
        List<String> missing = new ArrayList<>();
        Optional<String> command = run.last("command");
        lack(missing, command.isEmpty(), "the command");
        lack(missing, command.orElse("").contains("***"), "what was masked in the command as a secret");
        lack(missing, run.last("seed").isEmpty(), "a seed: chance may end otherwise");
        lack(missing, run.last("exitCode").isEmpty(), "how it ended");
        lack(missing, run.inputs().isEmpty(), "inputs: it names none");
        run.inputs().forEach(input -> data(missing, input));
        run.last("field.inputsThatChanged")
                .ifPresent(paths -> missing.add("what it read of inputs that changed while it ran: " + paths));
        lack(missing, run.code().isEmpty(), "the code");
        run.code().forEach(code -> code(missing, code));
        lack(missing, run.environments().isEmpty(), "the environment");
        for (JsonObject environment : run.environments()) {
            lack(missing, packages(environment).isEmpty(), "the packages of the environment");
            lack(
                    missing,
                    RunFacts.value(environment, "field.container").orElse("").endsWith("image unknown"),
                    "the container's image");
        }
        run.erased().forEach(field -> missing.add(field + ", which was erased"));
        return missing;
    }

    private static void data(List<String> missing, JsonObject input) {
        String name = RunFacts.name(input);
        lack(missing, RunFacts.value(input, "path").isEmpty(), "where " + name + " lay");
        lack(missing, RunFacts.value(input, "digest").isEmpty(), "a strong digest of " + name);
    }

    private static void code(List<String> missing, JsonObject code) {
        String name = RunFacts.name(code);
        lack(missing, RunFacts.value(code, "repository").isEmpty(), "where the repository of " + name + " is");
        lack(
                missing,
                RunFacts.value(code, "dirty").orElse("").equals("true"),
                "the changes in " + name + " that were not committed: of them only a digest is kept");
    }

    private static void lack(List<String> missing, boolean lacks, String what) {
        if (lacks) {
            missing.add(what);
        }
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        JsonObject named = new JsonObject();
        facts.forEach(named::addProperty);
        json.add("recipe", named);
        JsonArray lacking = new JsonArray();
        missing.forEach(lacking::add);
        json.add("missing", lacking);
        return json;
    }
}
