package dev.weft.node.release;

import dev.weft.proto.statement.PredicateType;
import java.util.Map;
import java.util.Optional;

/** Rules for fields and statements that hold together: the general ones, or those of one dataset label. */
record Rules(Map<String, FieldRule> fields, Map<PredicateType, StatementRule> statements) {

    static final Rules NONE = new Rules(Map.of(), Map.of());

    Rules {
        fields = Map.copyOf(fields);
        statements = Map.copyOf(statements);
    }

    /** The rule of the longest name that fits. */
    Optional<FieldRule> field(String name) {
        return fields.entrySet().stream()
                .filter(rule -> fits(rule.getKey(), name))
                .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
                .map(Map.Entry::getValue);
    }

    Optional<StatementRule> statement(PredicateType type) {
        return Optional.ofNullable(statements.get(type));
    }

    static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(name);
    }
}
