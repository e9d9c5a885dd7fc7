package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.release.DisclosureRule.Verdict;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the site lets out by itself, what its steward has to see first, and in which form each field may leave.
 *
 * <p>The file has a rule a line; {@code #} begins a remark:
 *
 * <pre>
 * release contribution|evaluation automatic|steward|new-data
 * release publication|revocation|alias automatic|steward
 * progress started|waiting|declined on|off
 * field NAME public|linkable|private|open|withheld
 * field NAME bucket WIDTH
 * minimum COUNT
 * disclose FIELD to MEMBER|role:ROLE|* automatic|steward|never
 * label "LABEL" release STATEMENT RULE
 * label "LABEL" field NAME CLASS
 * </pre>
 *
 * NAME is {@code dataset.digest}, {@code code.digest}, {@code environment.digest}, {@code model.digest},
 * {@code metric.NAME}, {@code parameter.NAME}, one of the last two with {@code *} in place of the end, or {@code *}. The
 * longest name that fits decides. {@code linkable} is for dataset, code and environment digests. {@code new-data} has a statement wait until the steward has approved one of its kind on
 * each dataset version behind it, under this very file; from then on those on the same data go out by themselves. A rule
 * with a label holds besides for statements with such a dataset behind them; the stricter rule wins. Without a rule,
 * contributions and the like go out by themselves, aliases wait for the steward, no progress is told, model digests are public and everything else
 * stands as a commitment alone. A withheld digest that a statement cannot do without, such as that of the model it
 * started from, stands as a commitment. Whole numbers below the minimum (10 without a rule) never leave in clear.
 */
public final class ReleasePolicy {

    /** Counts below this never leave in clear where the file does not say another one. */
    static final long MINIMUM = 10;

    /** The policy where there is no file. */
    public static final ReleasePolicy DEFAULT =
            new ReleasePolicy("", new Parts(Rules.NONE, Map.of(), Set.of(), List.of(), MINIMUM));

    private static final FieldRule MODELS =
            new FieldRule(FieldClass.PUBLIC, 0, "no rule: model digests are shared anyway");
    private static final FieldRule OTHERS = new FieldRule(FieldClass.PRIVATE, 0, "no rule: a commitment alone");
    private static final StatementRule BY_ITSELF =
            new StatementRule(ReleaseRule.AUTOMATIC, "no rule: goes out by itself");

    /** An alias may say more of what was told before than anybody decided at that time. */
    private static final StatementRule ALIASES =
            new StatementRule(ReleaseRule.STEWARD, "no rule: the steward sees each");

    /** What a file says. */
    record Parts(
            Rules general,
            Map<String, Rules> labels,
            Set<ProgressState> told,
            List<DisclosureRule> disclosures,
            long minimum) {
        Parts {
            disclosures = List.copyOf(disclosures);
            labels = Map.copyOf(labels);
            told = Set.copyOf(told);
        }
    }

    private final Digest digest;
    private final Parts parts;
    private final List<Rules> inForce;

    ReleasePolicy(String text, Parts parts) {
        this(Hashing.sha256(text.getBytes(StandardCharsets.UTF_8)), parts, List.of());
    }

    private ReleasePolicy(Digest digest, Parts parts, List<Rules> inForce) {
        this.digest = digest;
        this.parts = parts;
        this.inForce = List.copyOf(inForce);
    }

    /**
     * Reads the policy file; the default where there is none.
     *
     * @throws VerificationException {@code policy-invalid}, naming the line
     */
    public static ReleasePolicy load(Path file) throws IOException, VerificationException {
        return Files.exists(file) ? parse(Files.readString(file), file.toString()) : DEFAULT;
    }

    /** Reads a policy; {@code where} names the file in messages. */
    public static ReleasePolicy parse(String text, String where) throws VerificationException {
        return new PolicyReader(where).read(text);
    }

    /** The same policy as it holds for statements on data with those labels. */
    ReleasePolicy on(DataLabels labels) {
        List<Rules> rules = parts.labels().entrySet().stream()
                .filter(entry -> labels.unknown() || labels.names().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        return rules.isEmpty() ? this : new ReleasePolicy(digest, parts, rules);
    }

    /** SHA-256 of the file: what a decision record names. */
    public Digest digest() {
        return digest;
    }

    /** Which statements of that type wait for the steward. */
    public ReleaseRule rule(PredicateType type) {
        return statement(type).rule();
    }

    StatementRule statement(PredicateType type) {
        StatementRule strictest =
                parts.general().statement(type).orElse(type == PredicateType.ALIAS ? ALIASES : BY_ITSELF);
        for (Rules rules : inForce) {
            strictest = rules.statement(type).map(strictest::stricter).orElse(strictest);
        }
        return strictest;
    }

    /** Whether that progress is told. */
    public boolean tells(ProgressState state) {
        return parts.told().contains(state);
    }

    /** The class of a field of a record. */
    public FieldClass field(Kind kind, String field) {
        return fieldRule(kind, field).fieldClass();
    }

    FieldRule fieldRule(Kind kind, String field) {
        return field(name(kind, field));
    }

    /** By the name that the file has for the field. */
    FieldRule field(String name) {
        FieldRule strictest = parts.general().field(name).orElse(name.equals("model.digest") ? MODELS : OTHERS);
        for (Rules rules : inForce) {
            strictest = rules.field(name).map(strictest::stricter).orElse(strictest);
        }
        return strictest;
    }

    /** Whether a field of that name has that class, in general or for data with some label. */
    boolean anyField(String name, FieldClass fieldClass) {
        return field(name).fieldClass() == fieldClass
                || parts.labels().values().stream()
                        .flatMap(rules -> rules.field(name).stream())
                        .anyMatch(rule -> rule.fieldClass() == fieldClass);
    }

    /**
     * Who decides whether a field is opened for a reader: the rule closest to it. Without one the steward does; but what
     * policy withholds in so many words is not opened.
     */
    public DisclosureRule disclosure(Kind kind, String field, MemberName reader, Role role) {
        String name = name(kind, field);
        return parts.disclosures().stream()
                .filter(rule -> rule.holds(name, reader, role))
                .max(Comparator.comparingInt(DisclosureRule::closeness))
                .orElseGet(() -> fieldRule(kind, field).fieldClass() == FieldClass.WITHHELD
                        ? DisclosureRule.without(
                                Verdict.NEVER,
                                "withheld: " + fieldRule(kind, field).said())
                        : DisclosureRule.without(Verdict.STEWARD, "no rule: the steward decides"));
    }

    /** Whether the value is a count of too few to leave in clear, whatever a rule or a steward says. */
    public boolean tooFew(FieldValue value) {
        return Bucket.isCountBelow(value, parts.minimum());
    }

    /** Whole numbers below this never leave in clear. */
    public long minimum() {
        return parts.minimum();
    }

    /** Labels that have rules of their own. */
    Set<String> labels() {
        return parts.labels().keySet();
    }

    private static String name(Kind kind, String field) {
        if (field.startsWith("metric.") || field.startsWith("parameter.")) {
            return field;
        }
        int parameter = field.startsWith("privacy.") ? field.indexOf(".parameter.") : -1;
        return parameter > 0 ? field.substring(parameter + 1) : kind.text() + "." + field;
    }
}
