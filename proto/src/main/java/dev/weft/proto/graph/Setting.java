package dev.weft.proto.graph;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.VertexKind;
import java.util.Optional;

/**
 * The round in which a model is used. A round that changed nothing has one digest before and after, so it matters which of
 * the two is meant first.
 *
 * @param made what the round made is meant, rather than what it started from
 */
record Setting(RoundStatus round, boolean made) {
    /** A use by who takes part in the round. */
    static Setting within(RoundStatus round) {
        return new Setting(round, false);
    }

    /** A use of what came of the round. */
    static Setting after(RoundStatus round) {
        return new Setting(round, true);
    }

    boolean is(Digest id) {
        return round.getId().equals(id.toByteString());
    }

    /** The round's own output or input, where the digest is that. */
    Optional<VertexRef> model(Draft draft, String digest) {
        Optional<VertexRef> first = model(draft, digest, made ? round.getOutputVertex() : round.getInputVertex());
        return first.isPresent()
                ? first
                : model(draft, digest, made ? round.getInputVertex() : round.getOutputVertex());
    }

    private static Optional<VertexRef> model(Draft draft, String digest, ByteString key) {
        if (key.isEmpty()) {
            return Optional.empty();
        }
        VertexRef ref = new VertexRef(VertexKind.MODEL_VERTEX, Digest.of(key));
        return draft.vertex(ref)
                .filter(vertex -> vertex.getArtifact().getDigest().equals(digest))
                .map(vertex -> ref);
    }
}
