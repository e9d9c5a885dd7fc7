package dev.weft.node.ask;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.ArtifactRef;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** The entries that came with an answer, each proved to be in the log, opened when something names it. */
final class Evidence {
    private final Map<Long, ByteString> envelopes = new HashMap<>();
    private final Map<Long, OpenedEnvelope> opened = new HashMap<>();

    void add(long index, ByteString envelope) {
        envelopes.put(index, envelope);
    }

    /**
     * The entry that an answer names.
     *
     * @throws VerificationException {@link Reason#ANSWER_UNFOUNDED} if it did not come with the answer
     */
    OpenedEnvelope entry(long index) throws VerificationException {
        OpenedEnvelope known = opened.get(index);
        if (known != null) {
            return known;
        }
        ByteString envelope = envelopes.get(index);
        if (envelope == null) {
            throw unfounded("names entry " + index + " and does not show it");
        }
        OpenedEnvelope entry = EnvelopeOpener.open(envelope);
        opened.put(index, entry);
        return entry;
    }

    String author(long index) throws VerificationException {
        return entry(index).statement().header().getAuthor();
    }

    /** Whether the entry's payload holds that artifact's identity. */
    boolean names(long index, ArtifactRef artifact) throws VerificationException {
        String identity = artifact.hasDigest()
                ? artifact.getDigest()
                : base64(artifact.hasLinkable() ? artifact.getLinkable() : artifact.getCommitment());
        return says(index, identity);
    }

    boolean names(long index, ByteString commitment) throws VerificationException {
        return says(index, base64(commitment));
    }

    /** Whether that text stands in the entry's payload as a whole JSON string. */
    boolean says(long index, String text) throws VerificationException {
        String payload = entry(index).envelope().getPayload().toString(StandardCharsets.UTF_8);
        return payload.contains('"' + text + '"');
    }

    static VerificationException unfounded(String what) {
        return new VerificationException(
                Reason.ANSWER_UNFOUNDED,
                "The answer " + what + ": do not rely on it, keep it, and ask the aggregator's operator.");
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
