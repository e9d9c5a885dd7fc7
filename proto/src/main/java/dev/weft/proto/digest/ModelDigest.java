package dev.weft.proto.digest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * {@code weft-model-v1}: one digest for a model's tensors, equal for every framework and file form that holds the same
 * names, types, shapes and bits.
 *
 * <p>Tensor leaf: {@code SHA-256(0x00 "weft-tensor-v1" 0x00 u32(len name) name u8(len dtype) dtype u32(ndim) u64(dim)...
 * u64(bytes) data)}. Leaves in the order of their names' UTF-8 bytes; root as RFC 6962; digest {@code
 * SHA-256("weft-model-v1" 0x00 u64(count) root)}. Bits are taken as they are: no NaN and no -0 is changed.
 */
public final class ModelDigest {
    private static final byte[] LEAF_LABEL = "\0weft-tensor-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LABEL = "weft-model-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final Map<String, Integer> WIDTHS = Map.ofEntries(
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("U16", 2),
            Map.entry("I16", 2),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("U32", 4),
            Map.entry("I32", 4),
            Map.entry("F32", 4),
            Map.entry("U64", 8),
            Map.entry("I64", 8),
            Map.entry("F64", 8));

    private ModelDigest() {}

    /**
     * One named tensor.
     *
     * @param name as the model calls it
     * @param dtype the token of safetensors: F64 F32 F16 BF16 I64 ... U8 BOOL
     * @param shape dimensions, empty for a scalar
     * @param data little-endian, row-major (C order), from position to limit; a mapped file will do. Is not consumed.
     */
    public record Tensor(String name, String dtype, List<Long> shape, ByteBuffer data) {
        /** Checks that type, shape and data agree; else an IllegalArgumentException. */
        public Tensor {
            shape = List.copyOf(shape);
            Integer width = WIDTHS.get(dtype);
            if (width == null) {
                throw new IllegalArgumentException("Unknown tensor type " + dtype);
            }
            long bytes = width;
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new IllegalArgumentException("Tensor " + name + " has a negative dimension");
                }
                bytes = Math.multiplyExact(bytes, dimension);
            }
            if (bytes != data.remaining()) {
                throw new IllegalArgumentException(
                        "Tensor " + name + " needs " + bytes + " bytes for its shape, not " + data.remaining());
            }
        }
    }

    /** The digest of a model. Two tensors of one name are an IllegalArgumentException. */
    public static ContentDigest of(Collection<Tensor> tensors) {
        List<Tensor> sorted = new ArrayList<>(tensors);
        sorted.sort((a, b) -> Arrays.compareUnsigned(utf8(a.name()), utf8(b.name())));
        List<Digest> leaves = new ArrayList<>(sorted.size());
        for (int i = 0; i < sorted.size(); i++) {
            if (i > 0 && sorted.get(i).name().equals(sorted.get(i - 1).name())) {
                throw new IllegalArgumentException(
                        "Two tensors are named " + sorted.get(i).name());
            }
            leaves.add(leaf(sorted.get(i)));
        }
        return ContentDigest.model(Hashing.sha256(LABEL, u64(leaves.size()), LeafTree.root(leaves)));
    }

    /** The leaf of one tensor, for proofs about a single layer. */
    public static Digest leaf(Tensor tensor) {
        byte[] name = utf8(tensor.name());
        byte[] dtype = tensor.dtype().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer data = tensor.data().duplicate();
        ByteBuffer head = ByteBuffer.allocate(LEAF_LABEL.length
                        + 4
                        + name.length
                        + 1
                        + dtype.length
                        + 4
                        + 8 * tensor.shape().size()
                        + 8)
                .order(ByteOrder.LITTLE_ENDIAN);
        head.put(LEAF_LABEL).putInt(name.length).put(name);
        head.put((byte) dtype.length).put(dtype).putInt(tensor.shape().size());
        for (long dimension : tensor.shape()) {
            head.putLong(dimension);
        }
        head.putLong(data.remaining());
        MessageDigest hash = Hashing.newSha256();
        hash.update(head.array());
        hash.update(data);
        return Hashing.finish(hash);
    }

    /** Whether no tensor holds a bit that is set: such a model is equal to others by accident and stitches nothing. */
    public static boolean allZero(Collection<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            ByteBuffer data = tensor.data().duplicate();
            while (data.hasRemaining()) {
                if (data.get() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] u64(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}
