package dev.weft.aggregator.publish;

import com.google.protobuf.ByteString;
import dev.weft.proto.note.Checkpoint;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint that is final.
 *
 * @param note with all cosignatures that came
 * @param served as outside tools get it: the log's line and the first that make the quorum, at most sixteen lines
 * @param policies what root has said on witnesses, in log order
 */
public record FinalHead(Checkpoint checkpoint, ByteString note, ByteString served, List<Policy> policies) {
    /**
     * A policy.
     *
     * @param note the cosigned checkpoint that brought it into force; empty before that
     */
    public record Policy(long index, Optional<ByteString> note) {}

    public FinalHead {
        policies = List.copyOf(policies);
    }

    public long size() {
        return checkpoint.head().size();
    }
}
