package dev.weft.node.release;

/**
 * What the policy says of statements of one kind, and where.
 *
 * @param said the rule as it stands in the file, with its line; or why it holds without a rule
 */
record StatementRule(ReleaseRule rule, String said) {

    /** The one that lets out less. */
    StatementRule stricter(StatementRule other) {
        return rule.compareTo(other.rule) >= 0 ? this : other;
    }
}
