package dev.weft.node.release;

/** What policy says of one kind of statement. */
public enum ReleaseRule {
    /** Goes out by itself. */
    AUTOMATIC,
    /** Each waits for the steward. */
    STEWARD,
    /**
     * Waits unless the steward, under this very policy, has approved a statement of this kind on each dataset version
     * behind it. One with no dataset behind it always waits.
     */
    NEW_DATA
}
