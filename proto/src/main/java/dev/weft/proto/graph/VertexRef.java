package dev.weft.proto.graph;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.VertexKind;
import java.nio.charset.StandardCharsets;

/**
 * Which vertex: its kind and 32-byte key, both computable by anybody from the log. Keys that are no statement id and no
 * commitment are SHA-256 over a domain, a zero byte and the parts, each part but the last ended by a zero byte.
 *
 * @param kind never VERTEX_KIND_UNSPECIFIED
 * @param key statement id, commitment, or derived
 */
public record VertexRef(VertexKind kind, Digest key) {
    private static final byte[] ZERO = {0};

    /** The agent of that name. */
    public static VertexRef member(MemberName name) {
        return new VertexRef(VertexKind.MEMBER_VERTEX, derived("weft/member/v1", utf8(name.value())));
    }

    /** The round that this statement registered. */
    public static VertexRef round(Digest register) {
        return new VertexRef(VertexKind.ROUND_VERTEX, register);
    }

    /** The federation's linking key of that number. */
    public static VertexRef linkEpoch(int number) {
        byte[] digits = utf8(Integer.toString(number));
        return new VertexRef(VertexKind.LINK_EPOCH_VERTEX, derived("weft/link-epoch/v1", digits));
    }

    /** The update that this statement contributed. */
    public static VertexRef contribution(Digest statement) {
        return new VertexRef(VertexKind.CONTRIBUTION_VERTEX, statement);
    }

    /** A model occurrence: what stands in {@code slot} of a statement or run. */
    static VertexRef occurrence(Digest of, String slot) {
        return new VertexRef(
                VertexKind.MODEL_VERTEX, derived("weft/occurrence/v1", of.toByteArray(), ZERO, utf8(slot)));
    }

    /** What all occurrences of a public digest, or of a linkable value, specialise. */
    public static VertexRef content(ArtifactRef artifact) {
        Digest key = artifact.hasLinkable()
                ? Digest.of(artifact.getLinkable())
                : content(artifact.getDigest()).key();
        return new VertexRef(VertexKind.CONTENT_VERTEX, key);
    }

    /** What all occurrences of that digest string specialise. */
    public static VertexRef content(String digest) {
        return new VertexRef(VertexKind.CONTENT_VERTEX, derived("weft/content/v1", utf8(digest)));
    }

    /**
     * The vertex of an author's artifact: its commitment, which nobody else can make, or else the author's own occurrence
     * of a digest or linkable value.
     */
    public static VertexRef artifact(MemberName author, ArtifactRef artifact) {
        VertexKind kind = kindOf(artifact.getKind());
        if (artifact.hasCommitment()) {
            return new VertexRef(kind, Digest.of(artifact.getCommitment()));
        }
        ByteString identity = artifact.hasLinkable() ? artifact.getLinkable() : artifact.getDigestBytes();
        byte[] domain = utf8(author.value());
        return new VertexRef(
                kind, derived("weft/artifact/v1", domain, ZERO, utf8(kind.name()), ZERO, identity.toByteArray()));
    }

    /** Where another author has said this commitment before: a vertex of its own, that touches nothing of the other's. */
    static VertexRef copy(MemberName author, ArtifactRef artifact) {
        VertexKind kind = kindOf(artifact.getKind());
        byte[] commitment = artifact.getCommitment().toByteArray();
        return new VertexRef(
                kind, derived("weft/copy/v1", utf8(author.value()), ZERO, utf8(kind.name()), ZERO, commitment));
    }

    static VertexKind kindOf(ArtifactKind kind) {
        return switch (kind) {
            case DATASET, METRICS -> VertexKind.DATASET_VERTEX;
            case CODE -> VertexKind.CODE_VERTEX;
            case ENVIRONMENT -> VertexKind.ENVIRONMENT_VERTEX;
            case MODEL -> VertexKind.MODEL_VERTEX;
            case RUN -> VertexKind.RUN_VERTEX;
            case PERMIT -> VertexKind.PERMIT_VERTEX;
            case ARTIFACT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("An artifact without a kind was accepted");
        };
    }

    /** The key alone tells nearly all apart; a kind's own hash differs from run to run. */
    @Override
    public int hashCode() {
        return 31 * key.hashCode() + kind.getNumber();
    }

    private static Digest derived(String domain, byte[]... parts) {
        byte[][] all = new byte[parts.length + 2][];
        all[0] = utf8(domain);
        all[1] = ZERO;
        System.arraycopy(parts, 0, all, 2, parts.length);
        return Hashing.sha256(all);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
