package dev.weft.node.release;

import dev.weft.node.config.Nearest;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the policy file; what it does not understand it refuses, naming the line. */
final class PolicyReader {

    private static final List<String> DIGESTS =
            List.of("dataset.digest", "code.digest", "environment.digest", "model.digest");
    private static final Map<String, PredicateType> STATEMENTS = Map.of(
            "contribution", PredicateType.CONTRIBUTION,
            "evaluation", PredicateType.EVALUATION,
            "publication", PredicateType.PUBLICATION,
            "revocation", PredicateType.REVOCATION);
    private static final Map<String, ReleaseRule> RULES = Map.of(
            "automatic", ReleaseRule.AUTOMATIC, "steward", ReleaseRule.STEWARD, "new-data", ReleaseRule.NEW_DATA);
    private static final Map<String, ProgressState> STATES = Map.of(
            "started", ProgressState.STARTED, "waiting", ProgressState.WAITING, "declined", ProgressState.DECLINED);
    private static final Map<String, FieldClass> CLASSES = Map.of(
            "public", FieldClass.PUBLIC,
            "private", FieldClass.PRIVATE,
            "open", FieldClass.OPEN,
            "withheld", FieldClass.WITHHELD);

    private final String where;
    private final Map<String, FieldClass> fields = new HashMap<>();
    private final Map<PredicateType, ReleaseRule> rules = new EnumMap<>(PredicateType.class);
    private final Set<ProgressState> told = EnumSet.noneOf(ProgressState.class);
    private final Set<String> seen = new HashSet<>();
    private int line;

    PolicyReader(String where) {
        this.where = where;
    }

    ReleasePolicy read(String text) throws VerificationException {
        for (String each : text.lines().toList()) {
            line++;
            String rule = each.replaceFirst("#.*", "").strip();
            if (!rule.isEmpty()) {
                rule(rule.split("\\s+"));
            }
        }
        return new ReleasePolicy(text, fields, rules, told);
    }

    private void rule(String[] words) throws VerificationException {
        if (words.length != 3) {
            throw bad("a rule has three words: release STATEMENT automatic|steward|new-data, progress STATE on|off,"
                    + " or field NAME public|private|open|withheld");
        }
        if (!seen.add(words[0] + " " + words[1])) {
            throw bad("there is a rule for \"%s %s\" above already; keep one".formatted(words[0], words[1]));
        }
        switch (words[0]) {
            case "release" -> release(known(words[1], STATEMENTS), words);
            case "progress" -> {
                ProgressState state = known(words[1], STATES);
                if (known(words[2], Map.of("on", true, "off", false))) {
                    told.add(state);
                }
            }
            case "field" -> field(words[1], words[2]);
            default -> known(words[0], Map.of("release", 0, "progress", 0, "field", 0));
        }
    }

    private void release(PredicateType type, String[] words) throws VerificationException {
        ReleaseRule rule = known(words[2], RULES);
        boolean onData = type == PredicateType.CONTRIBUTION || type == PredicateType.EVALUATION;
        if (rule == ReleaseRule.NEW_DATA && !onData) {
            throw bad(
                    "no data stand behind a %s by themselves: new-data is for contributions and evaluations; write steward"
                            .formatted(words[1]));
        }
        rules.put(type, rule);
    }

    private void field(String name, String text) throws VerificationException {
        boolean digest = DIGESTS.contains(name);
        boolean value = name.startsWith("metric.") || name.startsWith("parameter.");
        if (!digest && !value && !name.equals("*")) {
            throw bad(
                    "\"%s\" never leaves the site, whatever is said here; rules are for %s, metric.NAME, parameter.NAME and *%s"
                            .formatted(name, String.join(", ", DIGESTS), Nearest.hint(name, DIGESTS)));
        }
        if (text.equals("linkable")) {
            throw bad("linkable needs the federation's linking key, which this node does not have; write private");
        }
        FieldClass fieldClass = known(text, CLASSES);
        if (fieldClass == FieldClass.PUBLIC && !digest) {
            throw bad("only a digest can be public; to give the value of \"%s\" out, write open".formatted(name));
        }
        if (fieldClass == FieldClass.OPEN && !value) {
            throw bad("only metrics and parameters can be open; write public or private");
        }
        fields.put(name, fieldClass);
    }

    private <T> T known(String word, Map<String, T> words) throws VerificationException {
        T meaning = words.get(word);
        if (meaning == null) {
            throw bad("\"%s\" is none of %s%s"
                    .formatted(
                            word,
                            String.join(", ", words.keySet().stream().sorted().toList()),
                            Nearest.hint(word, words.keySet())));
        }
        return meaning;
    }

    private VerificationException bad(String what) {
        return new VerificationException(Reason.POLICY_INVALID, "%s line %d: %s".formatted(where, line, what));
    }
}
