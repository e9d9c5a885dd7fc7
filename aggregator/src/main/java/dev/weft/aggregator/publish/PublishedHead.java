package dev.weft.aggregator.publish;

import com.google.protobuf.ByteString;
import dev.weft.proto.log.LogView;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;

/**
 * A head that is signed and anchored, so that it may leave.
 *
 * @param note the signed note, as it leaves
 * @param log proves things at this size; for any thread
 */
public record PublishedHead(Checkpoint checkpoint, ByteString note, LogView log) {
    public TreeHead head() {
        return checkpoint.head();
    }

    public long size() {
        return checkpoint.head().size();
    }
}
