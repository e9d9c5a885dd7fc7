package dev.weft.node.release;

import dev.weft.node.config.Nearest;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the policy file; what it does not understand it refuses, naming the line. */
final class PolicyReader {

    static final List<String> DIGESTS = List.of("dataset.digest", "code.digest", "environment.digest", "model.digest");
    /** What has too many possible values to try them all, and is named by one record. */
    static final List<String> LINKABLE = List.of("dataset.digest", "code.digest", "environment.digest");

    private static final Map<String, PredicateType> STATEMENTS = Map.of(
            "contribution", PredicateType.CONTRIBUTION,
            "evaluation", PredicateType.EVALUATION,
            "publication", PredicateType.PUBLICATION,
            "revocation", PredicateType.REVOCATION,
            "alias", PredicateType.ALIAS);
    private static final Map<String, ReleaseRule> RULES = Map.of(
            "automatic", ReleaseRule.AUTOMATIC, "steward", ReleaseRule.STEWARD, "new-data", ReleaseRule.NEW_DATA);
    private static final Map<String, ProgressState> STATES = Map.of(
            "started", ProgressState.STARTED, "waiting", ProgressState.WAITING, "declined", ProgressState.DECLINED);
    private static final Map<String, FieldClass> CLASSES = Map.of(
            "public", FieldClass.PUBLIC,
            "linkable", FieldClass.LINKABLE,
            "private", FieldClass.PRIVATE,
            "open", FieldClass.OPEN,
            "bucket", FieldClass.BUCKET,
            "withheld", FieldClass.WITHHELD);
    private static final Map<String, DisclosureRule.Verdict> VERDICTS = Map.of(
            "automatic", DisclosureRule.Verdict.AUTOMATIC,
            "steward", DisclosureRule.Verdict.STEWARD,
            "never", DisclosureRule.Verdict.NEVER);
    private static final Pattern DISCLOSED = Pattern.compile("[A-Za-z0-9._/-]*[A-Za-z0-9._/*-]");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|([^\"\\s]+)");
    private static final Pattern REMARK = Pattern.compile("^((?:[^\"#]|\"[^\"]*\")*)#.*$");

    /** Rules that hold together, while they are read. */
    private static final class Section {
        private final Map<String, FieldRule> fields = new HashMap<>();
        private final Map<PredicateType, StatementRule> statements = new EnumMap<>(PredicateType.class);

        Rules rules() {
            return new Rules(fields, statements);
        }
    }

    private final String where;
    private final Section general = new Section();
    private final Map<String, Section> labels = new HashMap<>();
    private final Set<ProgressState> told = EnumSet.noneOf(ProgressState.class);
    private final List<DisclosureRule> disclosures = new ArrayList<>();
    private final Set<List<String>> seen = new HashSet<>();
    private long minimum = ReleasePolicy.MINIMUM;
    private int line;
    private String rule = "";

    PolicyReader(String where) {
        this.where = where;
    }

    ReleasePolicy read(String text) throws VerificationException {
        for (String each : text.lines().toList()) {
            line++;
            rule = REMARK.matcher(each).replaceFirst("$1").strip();
            if (!rule.isEmpty()) {
                rule(words());
            }
        }
        return new ReleasePolicy(
                text,
                new ReleasePolicy.Parts(
                        general.rules(),
                        labels.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry -> entry.getValue().rules())),
                        told,
                        disclosures,
                        minimum));
    }

    private List<String> words() throws VerificationException {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(rule);
        while (matcher.find()) {
            words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        if (rule.chars().filter(c -> c == '"').count() % 2 != 0) {
            throw bad("a quotation mark is not closed");
        }
        return words;
    }

    private void rule(List<String> words) throws VerificationException {
        switch (words.get(0)) {
            case "release" -> release(general, words, "");
            case "field" -> field(general, words, "");
            case "progress" -> progress(words);
            case "minimum" -> minimum(words);
            case "label" -> label(words);
            case "disclose" -> disclose(words);
            default ->
                known(
                        words.get(0),
                        Map.of("release", 0, "progress", 0, "field", 0, "minimum", 0, "label", 0, "disclose", 0));
        }
    }

    private void label(List<String> words) throws VerificationException {
        if (words.size() < 3 || words.get(1).isBlank()) {
            throw bad(
                    "a rule with a label is: label \"LABEL\" release STATEMENT RULE, or label \"LABEL\" field NAME CLASS");
        }
        Section section = labels.computeIfAbsent(words.get(1), name -> new Section());
        List<String> rest = words.subList(2, words.size());
        if (known(rest.get(0), Map.of("release", true, "field", false))) {
            release(section, rest, words.get(1));
        } else {
            field(section, rest, words.get(1));
        }
    }

    private void progress(List<String> words) throws VerificationException {
        once(words, 3, "progress STATE on|off", "");
        ProgressState state = known(words.get(1), STATES);
        if (known(words.get(2), Map.of("on", true, "off", false))) {
            told.add(state);
        }
    }

    private void minimum(List<String> words) throws VerificationException {
        if (words.size() != 2 || !seen.add(List.of("minimum"))) {
            throw bad("minimum stands there once, with one number: the count below which no number leaves in clear");
        }
        minimum = number(words.get(1));
    }

    private void disclose(List<String> words) throws VerificationException {
        boolean form = words.size() == 5
                && words.get(2).equals("to")
                && DISCLOSED.matcher(words.get(1)).matches()
                && DisclosureRule.isReader(words.get(3));
        if (!form) {
            throw bad(
                    "a rule of this sort is: disclose FIELD to MEMBER|role:ROLE|* automatic|steward|never, where FIELD is"
                            + " metric.NAME, parameter.NAME or KIND.FIELD, such as dataset.rows, and may end in *");
        }
        if (!seen.add(List.of("disclose", words.get(1), words.get(3)))) {
            throw bad("there is a rule for \"%s\" to \"%s\" above already; keep one"
                    .formatted(words.get(1), words.get(3)));
        }
        disclosures.add(new DisclosureRule(words.get(1), words.get(3), known(words.get(4), VERDICTS), said()));
    }

    private void release(Section section, List<String> words, String label) throws VerificationException {
        once(words, 3, "release STATEMENT automatic|steward|new-data", label);
        PredicateType type = known(words.get(1), STATEMENTS);
        ReleaseRule meaning = known(words.get(2), RULES);
        boolean onData = type == PredicateType.CONTRIBUTION || type == PredicateType.EVALUATION;
        if (meaning == ReleaseRule.NEW_DATA && !onData) {
            throw bad(
                    "no data stand behind a %s by themselves: new-data is for contributions and evaluations; write steward"
                            .formatted(words.get(1)));
        }
        section.statements.put(type, new StatementRule(meaning, said()));
    }

    private void field(Section section, List<String> words, String label) throws VerificationException {
        boolean bucket = words.size() == 4 && words.get(2).equals("bucket");
        once(
                words,
                bucket ? 4 : 3,
                "field NAME public|linkable|private|open|withheld, or field NAME bucket WIDTH",
                label);
        String name = words.get(1);
        boolean digest = DIGESTS.contains(name);
        boolean value = name.startsWith("metric.") || name.startsWith("parameter.");
        if (!digest && !value && !name.equals("*")) {
            throw bad(
                    "\"%s\" never leaves the site, whatever is said here; rules are for %s, metric.NAME, parameter.NAME and *%s"
                            .formatted(name, String.join(", ", DIGESTS), Nearest.hint(name, DIGESTS)));
        }
        FieldClass fieldClass = known(words.get(2), CLASSES);
        if (fieldClass == FieldClass.LINKABLE && !LINKABLE.contains(name)) {
            throw bad(notLinkable(name));
        }
        if (fieldClass == FieldClass.PUBLIC && !digest) {
            throw bad("only a digest can be public; to give the value of \"%s\" out, write open".formatted(name));
        }
        if ((fieldClass == FieldClass.OPEN || fieldClass == FieldClass.BUCKET) && !value) {
            throw bad("only metrics and parameters can be open or in buckets; write public or private");
        }
        if (fieldClass == FieldClass.BUCKET && !bucket) {
            throw bad("say how wide a bucket is: field %s bucket 100".formatted(name));
        }
        section.fields.put(name, new FieldRule(fieldClass, bucket ? number(words.get(3)) : 0, said()));
    }

    private static String notLinkable(String name) {
        if (name.equals("model.digest")) {
            return "a model is told by round after round and is shared there anyway; write public or private";
        }
        return name.equals("*")
                ? "metrics and parameters would be linkable as well; name the digests: " + String.join(", ", LINKABLE)
                : "\"%s\" has so few possible values that every member could try them all; linkable is for %s; write private"
                        .formatted(name, String.join(", ", LINKABLE));
    }

    private void once(List<String> words, int count, String form, String label) throws VerificationException {
        if (words.size() != count) {
            throw bad("a rule of this sort has %s words: %s".formatted(count == 3 ? "three" : "four", form));
        }
        if (!seen.add(List.of(label, words.get(0), words.get(1)))) {
            throw bad("there is a rule for \"%s %s\" above already; keep one".formatted(words.get(0), words.get(1)));
        }
    }

    private long number(String word) throws VerificationException {
        if (!word.matches("[1-9][0-9]{0,11}")) {
            throw bad("\"%s\" is no whole number from 1 on".formatted(word));
        }
        return Long.parseLong(word);
    }

    private String said() {
        return "line " + line + ": " + rule;
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
