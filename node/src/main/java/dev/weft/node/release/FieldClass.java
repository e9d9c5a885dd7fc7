package dev.weft.node.release;

import java.util.Locale;

/** What may become of a field's value outside of the site, from the most open to the strictest. */
public enum FieldClass {
    /** The value itself stands in statements; for digests that are shared anyway. */
    PUBLIC,
    /** As private, and the value goes along beside the statement, where it can be erased. */
    OPEN,
    /** As private, and the range that the number lies in goes along beside the statement under a commitment of its own. */
    BUCKET,
    /** A value under the federation's linking key stands in statements: equal digests meet, and only members can try them. */
    LINKABLE,
    /** A salted commitment stands in statements; it says nothing, and can be opened later. */
    PRIVATE,
    /** Nothing stands in statements. */
    WITHHELD;

    /** The form in the policy file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
