package dev.weft.node.release;

import java.util.Locale;

/** What may become of a field's value outside of the site. */
public enum FieldClass {
    /** The value itself stands in statements; for digests that are shared anyway. */
    PUBLIC,
    /** A salted commitment stands in statements; it says nothing, and can be opened later. */
    PRIVATE,
    /** As private, and the value goes along beside the statement, where it can be erased. */
    OPEN,
    /** Nothing stands in statements. */
    WITHHELD;

    /** The form in the policy file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
