package dev.weft.proto.statement;

import dev.weft.proto.Reason;
import dev.weft.proto.v1.Role;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Which {@code linkkey} statement opens an epoch: the first one in log order, by a member that takes part in training. */
public final class LinkEpochRule {
    private LinkEpochRule() {}

    /**
     * Why a statement opens no epoch; empty where it does.
     *
     * @param role its author's, if it is a member
     * @param epoch that it names
     * @param open whether an earlier statement opened that epoch
     */
    public static Optional<Reason> judge(Optional<Role> role, int epoch, IntPredicate open) {
        if (role.filter(it -> it == Role.SITE || it == Role.COORDINATOR).isEmpty()) {
            return Optional.of(Reason.ROLE_NOT_ALLOWED);
        }
        if (open.test(epoch)) {
            return Optional.of(Reason.LINK_EPOCH_TAKEN);
        }
        return epoch == 1 || open.test(epoch - 1) ? Optional.empty() : Optional.of(Reason.OUT_OF_ORDER);
    }
}
