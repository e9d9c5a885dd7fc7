package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import dev.weft.proto.v1.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One stream's memory: what is in flight, which checkpoints were verified on it, what was refused. One thread only. */
final class Flight {
    /**
     * A receipt that holds.
     *
     * @param older the envelope that the log holds, where it is the one without the second signature
     */
    record Verified(long seq, InclusionProof proof, Optional<ByteString> older) {}

    /** Receipts lead to recent checkpoints; more than this many back means the aggregator mixes something up. */
    private static final int HEADS_KEPT = 1024;

    private final long firstPending;
    private final TreeMap<Long, OutboxEntry> inFlight = new TreeMap<>();
    private final TreeMap<Long, TreeHead> heads = new TreeMap<>();
    private @Nullable ExchangeClient stream;
    private @Nullable Refusal refusal;
    private Instant silentSince;
    private long nextToSend;
    private long lastIndex;
    private int window;

    /** @param lastIndex log index of the newest receipt, or -1 */
    Flight(long firstPending, long lastIndex, Instant now) {
        this.firstPending = firstPending;
        this.nextToSend = firstPending;
        this.lastIndex = lastIndex;
        this.silentSince = now;
    }

    void open(ExchangeClient opened) {
        stream = opened;
    }

    boolean isOn(ExchangeClient other) {
        return stream == other;
    }

    private ExchangeClient stream() {
        return Objects.requireNonNull(stream);
    }

    boolean isReady() {
        return stream().isReady();
    }

    void send(NodeMessage message) {
        stream().send(message);
    }

    void cancel(String why) {
        if (stream != null) {
            stream.cancel(why);
        }
    }

    void heard(Instant now) {
        silentSince = now;
    }

    /** How long an answer is awaited. A clock that was set back begins the wait anew, so that no silence outlasts it. */
    Duration silentFor(Instant now) {
        if (isWelcome() && inFlight.isEmpty()) {
            return Duration.ZERO;
        }
        if (now.isBefore(silentSince)) {
            silentSince = now;
        }
        return Duration.between(silentSince, now);
    }

    void welcomed(int allowed) {
        window = allowed;
    }

    boolean isWelcome() {
        return window > 0;
    }

    long firstPending() {
        return firstPending;
    }

    int room() {
        return window - inFlight.size();
    }

    int inFlight() {
        return inFlight.size();
    }

    long nextToSend() {
        return nextToSend;
    }

    void send(OutboxEntry entry, Instant now) {
        if (inFlight.isEmpty()) {
            silentSince = now;
        }
        inFlight.put(entry.seq(), entry);
        nextToSend = entry.seq() + 1;
        stream().send(entry.toSubmission());
    }

    void verified(TreeHead head) {
        heads.put(head.size(), head);
        if (heads.size() > HEADS_KEPT) {
            heads.pollFirstEntry();
        }
    }

    /** Checks every receipt of the message before any of them counts. */
    List<Verified> verify(Receipts message, BiConsumer<Long, VerificationException> refused)
            throws VerificationException {
        List<Verified> result = new ArrayList<>(message.getReceiptsCount());
        long index = lastIndex;
        for (ReceiptProof receipt : message.getReceiptsList()) {
            try {
                result.add(verify(receipt, message.getSize(), index));
                index = receipt.getIndex();
            } catch (VerificationException e) {
                refused.accept(receipt.getSeq(), e);
                throw e;
            }
        }
        return result;
    }

    private Verified verify(ReceiptProof receipt, long size, long previousIndex) throws VerificationException {
        OutboxEntry entry = inFlight.get(receipt.getSeq());
        if (entry == null) {
            throw new VerificationException(
                    Reason.PROTOCOL, "A receipt came for statement " + receipt.getSeq() + ", which is not in flight.");
        }
        TreeHead head = heads.get(size);
        if (head == null) {
            throw new VerificationException(
                    Reason.PROTOCOL, "A receipt leads to a checkpoint of size " + size + ", which was not sent.");
        }
        InclusionProof proof = InclusionProof.parse(receipt.getIndex(), size, receipt.getInclusionList());
        Optional<ByteString> older = older(entry, proof, head);
        if (receipt.getIndex() <= previousIndex) {
            throw new VerificationException(
                    Reason.PROTOCOL,
                    "Statement " + receipt.getSeq() + " has index " + receipt.getIndex()
                            + ", but the one before it has " + previousIndex + ".");
        }
        return new Verified(receipt.getSeq(), proof, older);
    }

    /** It may have been appended before second signatures were required, and its receipt was lost on the way. */
    private static Optional<ByteString> older(OutboxEntry entry, InclusionProof proof, TreeHead head)
            throws VerificationException {
        try {
            proof.verify(MerkleMath.leafHash(entry.envelope()), head);
            return Optional.empty();
        } catch (VerificationException e) {
            ByteString without = EnvelopeSigner.withoutSecond(EnvelopeOpener.open(entry.envelope()));
            if (without.equals(entry.envelope())) {
                throw e;
            }
            proof.verify(MerkleMath.leafHash(without), head);
            return Optional.of(without);
        }
    }

    /** The receipts are on disk: their statements are done. */
    void settled(List<Verified> verified) {
        for (Verified receipt : verified) {
            inFlight.remove(receipt.seq());
            lastIndex = receipt.proof().index();
        }
    }

    /** Remembers the lowest refusal; false where nothing in flight is meant. */
    boolean refused(Refusal next) {
        if (inFlight.remove(next.getSeq()) == null) {
            return false;
        }
        if (refusal == null || next.getSeq() < refusal.getSeq()) {
            refusal = next;
        }
        return true;
    }

    @Nullable
    Refusal firstRefusal() {
        return refusal;
    }

    long refusedAt() {
        return refusal == null ? -1 : refusal.getSeq();
    }

    /** Starts again at the statement that was refused. */
    void resume() {
        if (refusal != null) {
            nextToSend = refusal.getSeq();
            refusal = null;
        }
    }
}
