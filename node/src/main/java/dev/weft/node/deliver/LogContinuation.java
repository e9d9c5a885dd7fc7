package dev.weft.node.deliver;

import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Welcome;

/** Who takes up that the shared log goes on under another origin. */
@FunctionalInterface
public interface LogContinuation {
    /**
     * The aggregator greets with another origin and the entries that continue the log known here. Returns once this
     * directory is of the new log, which a new start takes up.
     *
     * @throws VerificationException where they do not prove it, or it cannot be taken up
     */
    void offered(Welcome welcome) throws VerificationException;
}
