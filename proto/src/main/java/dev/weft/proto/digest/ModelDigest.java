package dev.weft.proto.digest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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
    private static final int CHUNK = 64 << 10;
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
     * What is said of a tensor before its data.
     *
     * @param name as the model calls it
     * @param dtype the token of safetensors: F64 F32 F16 BF16 I64 ... U8 BOOL
     * @param shape dimensions, empty for a scalar
     */
    public record Head(String name, String dtype, List<Long> shape) {
        /** Checks type and shape; else an IllegalArgumentException. */
        public Head {
            shape = List.copyOf(shape);
            if (!WIDTHS.containsKey(dtype)) {
                throw new IllegalArgumentException("Unknown tensor type " + dtype);
            }
            if (shape.stream().anyMatch(dimension -> dimension < 0)) {
                throw new IllegalArgumentException("Tensor " + name + " has a negative dimension");
            }
        }

        /** Bytes of its data; an ArithmeticException where no long holds them. */
        public long bytes() {
            long bytes = WIDTHS.getOrDefault(dtype, 0);
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        }

        private void requireBytes(long there) {
            if (bytes() != there) {
                throw new IllegalArgumentException(
                        "Tensor " + name + " needs " + bytes() + " bytes for its shape, not " + there);
            }
        }

        private byte[] label() {
            byte[] name = utf8(name());
            byte[] dtype = dtype().getBytes(StandardCharsets.US_ASCII);
            ByteBuffer label = ByteBuffer.allocate(
                            LEAF_LABEL.length + 4 + name.length + 1 + dtype.length + 4 + 8 * shape.size() + 8)
                    .order(ByteOrder.LITTLE_ENDIAN);
            label.put(LEAF_LABEL).putInt(name.length).put(name);
            label.put((byte) dtype.length).put(dtype).putInt(shape.size());
            for (long dimension : shape) {
                label.putLong(dimension);
            }
            return label.putLong(bytes()).array();
        }
    }

    /**
     * One named tensor, with its {@link Head}.
     *
     * @param data little-endian, row-major (C order), from position to limit; a mapped file will do. Is not consumed.
     */
    public record Tensor(String name, String dtype, List<Long> shape, ByteBuffer data) {
        /** Checks that type, shape and data agree; else an IllegalArgumentException. */
        public Tensor {
            shape = List.copyOf(shape);
            new Head(name, dtype, shape).requireBytes(data.remaining());
        }
    }

    /** The digest of a model. Two tensors of one name are an IllegalArgumentException. */
    public static ContentDigest of(Collection<Tensor> tensors) {
        Map<String, Digest> leaves = new HashMap<>();
        for (Tensor tensor : tensors) {
            if (leaves.put(tensor.name(), leaf(tensor)) != null) {
                throw new IllegalArgumentException("Two tensors are named " + tensor.name());
            }
        }
        return of(leaves);
    }

    /** The digest of a model whose tensors' leaves are known, by the tensors' names. */
    public static ContentDigest of(Map<String, Digest> leaves) {
        List<Digest> sorted = leaves.entrySet().stream()
                .sorted((a, b) -> Arrays.compareUnsigned(utf8(a.getKey()), utf8(b.getKey())))
                .map(Map.Entry::getValue)
                .toList();
        return ContentDigest.model(Hashing.sha256(LABEL, u64(sorted.size()), LeafTree.root(sorted)));
    }

    /** The leaf of one tensor, for proofs about a single layer. */
    public static Digest leaf(Tensor tensor) {
        MessageDigest hash = Hashing.newSha256();
        hash.update(new Head(tensor.name(), tensor.dtype(), tensor.shape()).label());
        hash.update(tensor.data().duplicate());
        return Hashing.finish(hash);
    }

    /** The leaf of a tensor whose data, as a {@link Tensor} has it, is read to its end and held nowhere. */
    public static Digest leaf(Head head, InputStream data) throws IOException {
        MessageDigest hash = Hashing.newSha256();
        hash.update(head.label());
        byte[] chunk = new byte[CHUNK];
        long there = 0;
        for (int read = data.read(chunk); read >= 0; read = data.read(chunk)) {
            hash.update(chunk, 0, read);
            there += read;
        }
        head.requireBytes(there);
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
