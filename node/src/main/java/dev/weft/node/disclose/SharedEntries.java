package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.Dsse;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Envelope;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Looks things up in this node's own copy of the shared log. */
final class SharedEntries {
    private static final int CHUNK = 500;

    private final Supplier<Optional<SharedCopy>> copy;

    /** @param copy empty where this node keeps none */
    SharedEntries(Supplier<Optional<SharedCopy>> copy) {
        this.copy = copy;
    }

    /** Whether there is a copy at all: without one, nothing that others say can be proved here. */
    boolean isThere() {
        return copy.get().isPresent();
    }

    private SharedCopy files() throws VerificationException {
        return copy.get()
                .orElseThrow(
                        () -> new VerificationException(
                                Reason.UNAVAILABLE,
                                "Disclosures need this node's own copy of the shared log: set witness.mode to mirror and restart."));
    }

    long size() throws VerificationException {
        return files().size();
    }

    List<ByteString> from(long first) throws VerificationException {
        SharedCopy files = files();
        return files.entries(first, (int) Math.min(CHUNK, files.size() - first));
    }

    OpenedEnvelope at(long index) throws VerificationException {
        SharedCopy files = files();
        if (index < 0 || index >= files.size()) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    "This node's copy of the shared log has entries up to " + (files.size() - 1) + "; " + index
                            + " is none of them.");
        }
        return EnvelopeOpener.open(files.entries(index, 1).get(0));
    }

    /** Where a statement stands; the newest entries are looked at first. */
    OptionalLong find(Digest statement) throws VerificationException {
        SharedCopy files = files();
        for (long end = files.size(); end > 0; end -= CHUNK) {
            long first = Math.max(0, end - CHUNK);
            List<ByteString> entries = files.entries(first, (int) (end - first));
            for (int n = 0; n < entries.size(); n++) {
                if (id(entries.get(n)).equals(statement)) {
                    return OptionalLong.of(first + n);
                }
            }
        }
        return OptionalLong.empty();
    }

    OpenedEnvelope get(Digest statement) throws VerificationException {
        OptionalLong index = find(statement);
        if (index.isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    "This node's copy of the shared log holds no statement " + statement
                            + "; wait until it has caught up, or correct the id.");
        }
        return at(index.getAsLong());
    }

    private static Digest id(ByteString entry) throws VerificationException {
        try {
            Envelope envelope = Envelope.parseFrom(entry);
            return Dsse.id(Dsse.pae(envelope.getPayloadType(), envelope.getPayload()));
        } catch (InvalidProtocolBufferException e) {
            throw new VerificationException(Reason.LOG_CORRUPT, "The copy of the shared log holds a broken entry.", e);
        }
    }
}
