package dev.weft.node.release;

import java.util.Locale;

/** What policy says of one kind of statement, from the most open to the strictest. */
public enum ReleaseRule {
    /** Goes out by itself. */
    AUTOMATIC,
    /**
     * Waits unless the steward, under this very policy, has approved a statement of this kind on each dataset version
     * behind it. One with no dataset behind it always waits.
     */
    NEW_DATA,
    /** Each waits for the steward. */
    STEWARD;

    /** The form in the policy file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
