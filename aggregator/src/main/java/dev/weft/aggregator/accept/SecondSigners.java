package dev.weft.aggregator.accept;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.standing.Requirement;

/** Where this aggregator keeps its second keys; nobody asks before root requires their signatures. */
public interface SecondSigners {
    /**
     * The two keys.
     *
     * @param log signs checkpoints
     * @param statement signs statements of the author {@code aggregator}
     */
    record Pair(MlDsaSigningKey log, MlDsaSigningKey statement) {}

    /**
     * Those that root named.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where they are not here
     */
    Pair of(Requirement requirement) throws VerificationException;
}
