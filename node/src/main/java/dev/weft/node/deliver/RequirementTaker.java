package dev.weft.node.deliver;

import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Welcome;

/** Who takes up that root requires second signatures. */
@FunctionalInterface
public interface RequirementTaker {
    /**
     * Compares what the aggregator says with what is known.
     *
     * @return whether it was news, which a new start takes up: nothing is sent before
     * @throws VerificationException where it is not proved, or contradicts what was
     */
    boolean offered(Welcome welcome) throws VerificationException;
}
