package dev.weft.node.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.node.record.Kind;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.statement.PredicateType;
import java.util.List;
import java.util.Locale;

/** Says of one record what the policy does with each of its fields, and which line of the file says so. */
public final class PolicyView {

    private static final List<PredicateType> STATEMENTS = List.of(
            PredicateType.CONTRIBUTION,
            PredicateType.EVALUATION,
            PredicateType.PUBLICATION,
            PredicateType.REVOCATION,
            PredicateType.ALIAS);

    private final ReleasePolicy policy;

    /** Of a policy. */
    public PolicyView(ReleasePolicy policy) {
        this.policy = policy;
    }

    /** One member per field and per kind of statement; {@code becomes} is a sentence. */
    public JsonObject explain(StoredRecord record) {
        DataLabels labels = DataLabels.of(record);
        ReleasePolicy inForce = policy.on(labels);
        JsonObject json = new JsonObject();
        json.addProperty("record", record.id());
        json.addProperty("kind", record.kind().text());
        json.addProperty("policy", policy.digest().hex());
        json.addProperty("minimum", policy.minimum());
        JsonArray names = new JsonArray();
        labels.names().stream().sorted().filter(policy.labels()::contains).forEach(names::add);
        json.add("labelsWithRules", names);
        JsonArray fields = new JsonArray();
        record.body().fields().forEach(field -> fields.add(field(record.kind(), field, inForce)));
        json.add("fields", fields);
        JsonArray statements = new JsonArray();
        STATEMENTS.forEach(type -> statements.add(statement(type, inForce)));
        json.add("statements", statements);
        return json;
    }

    private static JsonObject statement(PredicateType type, ReleasePolicy inForce) {
        StatementRule rule = inForce.statement(type);
        JsonObject json = new JsonObject();
        json.addProperty("statement", type.name().toLowerCase(Locale.ROOT));
        json.addProperty("rule", rule.rule().text());
        json.addProperty("because", rule.said());
        return json;
    }

    private JsonObject field(Kind kind, StoredField field, ReleasePolicy inForce) {
        JsonObject json = new JsonObject();
        json.addProperty("field", field.name());
        if (!ruled(kind, field.name())) {
            json.addProperty("class", "-");
            json.addProperty("becomes", unruled(kind, field.name()));
            json.addProperty("because", "no rule reaches this field");
            return json;
        }
        FieldRule rule = inForce.fieldRule(kind, field.name());
        json.addProperty("class", rule.fieldClass().text());
        json.addProperty("becomes", becomes(rule, field));
        json.addProperty("because", rule.said());
        return json;
    }

    private static boolean ruled(Kind kind, String field) {
        return field.startsWith("metric.")
                || field.startsWith("parameter.")
                || field.contains(".parameter.")
                || (field.equals("digest") && PolicyReader.DIGESTS.contains(kind.text() + ".digest"));
    }

    private static String unruled(Kind kind, String field) {
        if (kind == Kind.ROUND) {
            return "part of a round event: the preview of its statement shows what becomes of it";
        }
        if (kind == Kind.RUN && field.equals(kind.identityField())) {
            return "the word itself, and a commitment, which stands for the record outside";
        }
        if (kind == Kind.REVOCATION && field.equals("reason")) {
            return "the word itself";
        }
        return kind == Kind.PERMIT && field.equals(kind.identityField())
                ? "a commitment, which stands for the record outside"
                : "never leaves";
    }

    private String becomes(FieldRule rule, StoredField field) {
        if (field instanceof StoredField.Erased) {
            return "erased: at most its commitment stands in statements";
        }
        boolean few = field instanceof StoredField.Kept kept && policy.tooFew(kept.value());
        return switch (rule.fieldClass()) {
            case PUBLIC -> "the digest itself, readable by every member and auditor";
            case OPEN ->
                few
                        ? "a commitment: whole numbers below " + policy.minimum() + " never leave in clear"
                        : "a commitment, and the value beside it";
            case BUCKET -> "a commitment, and beside it a range of width " + rule.bucket();
            case LINKABLE -> linkable(field);
            case PRIVATE -> "a commitment, which the steward can open later";
            case WITHHELD -> "nothing; where a statement cannot do without it, a commitment";
        };
    }

    private static String linkable(StoredField field) {
        boolean everybodys = field instanceof StoredField.Kept kept
                && kept.value() instanceof FieldValue.DigestValue digest
                && digest.value().neverStitches();
        return everybodys
                ? "a commitment: everybody has what is empty, so it joins nothing"
                : "a value that meets the same digest at other sites; whoever has the federation's linking key, sites and"
                        + " coordinators but neither auditors nor the aggregator, can try out digests. Until this node"
                        + " has the key, a commitment";
    }
}
