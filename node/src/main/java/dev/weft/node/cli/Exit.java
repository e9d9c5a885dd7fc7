package dev.weft.node.cli;

import dev.weft.proto.Reason;

/** Exit codes: the same for every command, so that scripts can tell what happened. */
final class Exit {
    static final int OK = 0;
    /** Something was checked and did not hold. */
    static final int UNVERIFIED = 1;
    /** The command line, the configuration or what was handed in is wrong. */
    static final int USAGE = 2;

    static final int NOT_FOUND = 3;
    /** Nobody answers. */
    static final int UNREACHABLE = 4;

    static final int DENIED = 5;

    private Exit() {}

    static int of(Reason reason) {
        return switch (reason) {
            case NOT_FOUND, UNKNOWN_REFERENCE, UNKNOWN_ROUND, ARTIFACT_UNKNOWN -> NOT_FOUND;
            case UNAVAILABLE, SHUTDOWN, BUSY, STOPPED -> UNREACHABLE;
            case UNAUTHENTICATED,
                    SCOPE_MISSING,
                    FOREIGN_ORIGIN,
                    NOT_MEMBER,
                    REVOKED,
                    SUSPENDED,
                    QUARANTINED,
                    INVITATION_USED,
                    INVITATION_EXPIRED,
                    ROLE_NOT_ALLOWED -> DENIED;
            case BAD_SIGNATURE,
                    BAD_INCLUSION_PROOF,
                    BAD_CONSISTENCY_PROOF,
                    BAD_POSSESSION,
                    BAD_CERTIFICATE,
                    FORK,
                    EQUIVOCATION,
                    PROVES_NOTHING,
                    UNSIGNED_CHECKPOINT,
                    UNKNOWN_LOG,
                    LOG_CORRUPT,
                    ANCHOR_AHEAD,
                    ANCHOR_MISSING -> UNVERIFIED;
            default -> USAGE;
        };
    }
}
