package dev.weft.node.release;

/**
 * What the policy says of fields, and where.
 *
 * @param bucket width of a range, 0 for the classes that have none
 * @param said the rule as it stands in the file, with its line; or why it holds without a rule
 */
record FieldRule(FieldClass fieldClass, long bucket, String said) {

    /** The one that lets out less. */
    FieldRule stricter(FieldRule other) {
        int difference = fieldClass.compareTo(other.fieldClass);
        if (difference == 0) {
            return bucket >= other.bucket ? this : other;
        }
        return difference > 0 ? this : other;
    }
}
