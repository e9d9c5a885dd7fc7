package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.InclusionProof;
import java.util.Optional;

/**
 * A signed statement and how far it got.
 *
 * @param receipt present once it is durable: index and path lead to a checkpoint that this node verified
 * @param refusal the aggregator's last word on it, where it has no receipt
 */
public record DeliveredStatement(
        int incarnation,
        long seq,
        Digest statement,
        String predicateType,
        ByteString envelope,
        Optional<InclusionProof> receipt,
        Optional<RefusedStatement> refusal) {

    /** The states a statement can be asked for. */
    public enum State {
        PENDING,
        DURABLE,
        REFUSED
    }

    public State state() {
        return receipt.isPresent() ? State.DURABLE : refusal.isPresent() ? State.REFUSED : State.PENDING;
    }
}
