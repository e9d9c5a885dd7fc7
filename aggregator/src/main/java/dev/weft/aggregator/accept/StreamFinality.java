package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.StatedPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one stream was told of finality, and what it is to be told next. Guarded by its owner. */
final class StreamFinality {
    private final LogStore entries;
    /** Policies told, and whether the checkpoint that brought them into force was. */
    private final Map<Long, Boolean> told = new HashMap<>();

    private @Nullable FinalHead newest;
    private long toldSize;

    StreamFinality(LogStore entries) {
        this.entries = entries;
    }

    void set(FinalHead head) {
        newest = head;
    }

    /** Whether there is something to tell to a node whose newest receipt has that index. */
    boolean isAwaited(long lastIndex) {
        return isNews() && lastIndex >= toldSize;
    }

    /** Whether there is anything to tell at all. */
    boolean isNews() {
        FinalHead head = newest;
        return head != null && head.size() > toldSize;
    }

    long size() {
        FinalHead head = newest;
        return head == null ? 0 : head.size();
    }

    /**
     * The message that tells it.
     *
     * @param sent size of the last checkpoint sent on this stream, to which the proofs lead; at least {@link #size}
     */
    AggregatorMessage message(long sent, PublishedHead published) {
        FinalHead head = Objects.requireNonNull(newest);
        FinalCheckpoint.Builder message = FinalCheckpoint.newBuilder()
                .setNote(head.note())
                .setToSize(sent)
                .addAllConsistency(
                        published.log().consistency(head.size(), sent).toProto());
        for (FinalHead.Policy policy : head.policies()) {
            if (!Boolean.TRUE.equals(told.get(policy.index()))
                    && (!told.containsKey(policy.index()) || policy.note().isPresent())) {
                message.addPolicies(policy(policy, sent, published));
                told.put(policy.index(), policy.note().isPresent());
            }
        }
        toldSize = head.size();
        return AggregatorMessage.newBuilder().setFinal(message).build();
    }

    private StatedPolicy policy(FinalHead.Policy policy, long sent, PublishedHead published) {
        StatedPolicy.Builder stated = StatedPolicy.newBuilder()
                .setIndex(policy.index())
                .setEntry(entries.entry(policy.index()))
                .addAllInclusion(published.log().inclusion(policy.index(), sent).toProto());
        policy.note()
                .ifPresent(note -> stated.setNote(note)
                        .addAllConsistency(
                                published.log().consistency(size(note), sent).toProto()));
        return stated.build();
    }

    private static long size(ByteString note) {
        try {
            return Checkpoint.parse(Note.parse(note).text()).head().size();
        } catch (VerificationException e) {
            throw new IllegalStateException("a kept checkpoint cannot be read", e);
        }
    }
}
