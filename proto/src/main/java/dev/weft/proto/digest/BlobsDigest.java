package dev.weft.proto.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code weft-blobs-v1}: one digest for opaque payloads in their order, such as masked or encrypted updates as they went
 * over the wire. Leaf: {@code SHA-256(0x00 "weft-blob-v1" 0x00 u64(bytes) data)}; root as RFC 6962; digest {@code
 * SHA-256("weft-blobs-v1" 0x00 u64(count) root)}.
 */
public final class BlobsDigest {
    private static final byte[] LEAF_LABEL = "\0weft-blob-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LABEL = "weft-blobs-v1\0".getBytes(StandardCharsets.US_ASCII);
    static final String EMPTY = ContentDigest.BLOBS + ":" + value(List.of()).hex();

    private BlobsDigest() {}

    /** The digest of the payloads in this order; buffers are read from position to limit and not consumed. */
    public static ContentDigest of(List<ByteBuffer> blobs) {
        return ContentDigest.blobs(value(blobs));
    }

    private static Digest value(List<ByteBuffer> blobs) {
        List<Digest> leaves = new ArrayList<>(blobs.size());
        for (ByteBuffer blob : blobs) {
            MessageDigest hash = Hashing.newSha256();
            hash.update(LEAF_LABEL);
            hash.update(ModelDigest.u64(blob.remaining()));
            hash.update(blob.duplicate());
            leaves.add(Hashing.finish(hash));
        }
        return Hashing.sha256(LABEL, ModelDigest.u64(leaves.size()), LeafTree.root(leaves));
    }
}
