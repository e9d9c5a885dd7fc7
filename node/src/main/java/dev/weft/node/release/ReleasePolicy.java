package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What the site lets out by itself, what its steward has to see first, and in which form each field may leave.
 *
 * <p>The file has a rule a line; {@code #} begins a remark:
 *
 * <pre>
 * release contribution|evaluation automatic|steward|new-data
 * release publication|revocation automatic|steward
 * progress started|waiting|declined on|off
 * field NAME public|private|open|withheld
 * </pre>
 *
 * NAME is {@code dataset.digest}, {@code code.digest}, {@code environment.digest}, {@code model.digest},
 * {@code metric.NAME}, {@code parameter.NAME}, one of the last two with {@code *} in place of the end, or {@code *}. The
 * longest name that fits decides. {@code new-data} has a statement wait until the steward has approved one of its kind on
 * each dataset version behind it, under this very file; from then on those on the same data go out by themselves. Without a rule, contributions and the like go out by themselves, no progress is told,
 * model digests are public and everything else stands as a commitment alone. A withheld digest that a statement cannot do
 * without, such as that of the model it started from, stands as a commitment.
 */
public final class ReleasePolicy {

    /** The policy where there is no file. */
    public static final ReleasePolicy DEFAULT = new ReleasePolicy("", Map.of(), Map.of(), Set.of());

    private final Digest digest;
    private final Map<String, FieldClass> fields;
    private final Map<PredicateType, ReleaseRule> rules;
    private final Set<ProgressState> told;

    ReleasePolicy(
            String text,
            Map<String, FieldClass> fields,
            Map<PredicateType, ReleaseRule> rules,
            Set<ProgressState> told) {
        this.digest = Hashing.sha256(text.getBytes(StandardCharsets.UTF_8));
        this.fields = Map.copyOf(fields);
        this.rules = Map.copyOf(rules);
        this.told = Set.copyOf(told);
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

    /** SHA-256 of the file: what a decision record names. */
    public Digest digest() {
        return digest;
    }

    /** Which statements of that type wait for the steward. */
    public ReleaseRule rule(PredicateType type) {
        return rules.getOrDefault(type, ReleaseRule.AUTOMATIC);
    }

    /** Whether that progress is told. */
    public boolean tells(ProgressState state) {
        return told.contains(state);
    }

    /** The class of a field of a record. */
    public FieldClass field(Kind kind, String field) {
        return field(name(kind, field));
    }

    /** The class of a field by the name that the policy file has for it. */
    FieldClass field(String name) {
        FieldClass best = null;
        int length = -1;
        for (Map.Entry<String, FieldClass> rule : fields.entrySet()) {
            String pattern = rule.getKey();
            if (pattern.length() > length && fits(pattern, name)) {
                best = rule.getValue();
                length = pattern.length();
            }
        }
        if (best != null) {
            return best;
        }
        return name.equals("model.digest") ? FieldClass.PUBLIC : FieldClass.PRIVATE;
    }

    private static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(name);
    }

    private static String name(Kind kind, String field) {
        if (field.startsWith("metric.") || field.startsWith("parameter.")) {
            return field;
        }
        int parameter = field.startsWith("privacy.") ? field.indexOf(".parameter.") : -1;
        return parameter > 0 ? field.substring(parameter + 1) : kind.text() + "." + field;
    }
}
