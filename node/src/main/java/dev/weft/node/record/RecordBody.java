package dev.weft.node.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.RecordTree;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * All fields of one record in one row: {@code version u8, decoy seed 32 bytes, count u32}, then per field in name order
 * {@code state u8, name u16-length UTF-8}, and either {@code salt 32 bytes, canonical value u32-length} or, where it was
 * erased, {@code commitment 32 bytes}; all little-endian.
 *
 * <p>The tree's decoys are {@code HMAC-SHA-256(seed, "weft/decoy/v1" 0x00 u32(n))}: as good as random to whoever lacks
 * the seed, and 32 bytes to keep instead of up to half of the tree.
 */
public record RecordBody(ByteString decoySeed, List<StoredField> fields) {

    static final int SEED_SIZE = 32;
    private static final byte VERSION = 1;
    private static final byte KEPT = 1;
    private static final byte ERASED = 2;
    private static final byte[] DECOY = "weft/decoy/v1\0".getBytes(StandardCharsets.US_ASCII);

    /** Fields stand in name order. */
    public RecordBody {
        fields = List.copyOf(fields);
    }

    /** The field of that name, erased or not. */
    public Optional<StoredField> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    /** The field of that name, if its value is there. */
    public Optional<StoredField.Kept> kept(String name) {
        return field(name).filter(StoredField.Kept.class::isInstance).map(StoredField.Kept.class::cast);
    }

    /** The tree over the commitments: what the site's log holds of the record. */
    public RecordTree tree() {
        SortedMap<String, Digest> commitments = new TreeMap<>();
        fields.forEach(field -> commitments.put(field.name(), field.commitment()));
        return RecordTree.build(commitments, decoys(decoySeed.toByteArray()));
    }

    static Supplier<Digest> decoys(byte[] seed) {
        return new Supplier<>() {
            private int next;

            @Override
            public Digest get() {
                byte[] number = ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(next++)
                        .array();
                return Hashing.hmacSha256(seed, DECOY, number);
            }
        };
    }

    /** The same record without that field's value and salt; its tree stays what it was. */
    RecordBody erase(String name) {
        return new RecordBody(
                decoySeed,
                fields.stream()
                        .map(field ->
                                field.name().equals(name) ? new StoredField.Erased(name, field.commitment()) : field)
                        .toList());
    }

    ByteString encode() {
        int size = 1 + SEED_SIZE + Integer.BYTES;
        List<byte[]> names = new ArrayList<>(fields.size());
        for (StoredField field : fields) {
            byte[] name = field.name().getBytes(StandardCharsets.UTF_8);
            names.add(name);
            size += 1 + Short.BYTES + name.length + 32;
            size += field instanceof StoredField.Kept kept
                    ? Integer.BYTES + kept.canonical().size()
                    : 0;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION);
        decoySeed.copyTo(out);
        out.putInt(fields.size());
        for (int n = 0; n < names.size(); n++) {
            encode(fields.get(n), names.get(n), out);
        }
        return UnsafeByteOperations.unsafeWrap(out.flip());
    }

    private static void encode(StoredField field, byte[] name, ByteBuffer out) {
        out.put(field instanceof StoredField.Kept ? KEPT : ERASED);
        out.putShort((short) name.length);
        out.put(name);
        if (field instanceof StoredField.Kept kept) {
            kept.salt().toByteString().copyTo(out);
            out.putInt(kept.canonical().size());
            kept.canonical().copyTo(out);
        } else {
            out.put(field.commitment().toByteArray());
        }
    }

    static RecordBody decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("the database holds a record body of version " + version);
        }
        ByteString seed = take(in, SEED_SIZE);
        int count = in.getInt();
        List<StoredField> fields = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            byte state = in.get();
            String name = take(in, Short.toUnsignedInt(in.getShort())).toStringUtf8();
            fields.add(
                    state == KEPT
                            ? new StoredField.Kept(name, Salt.of(take(in, Salt.SIZE)), take(in, in.getInt()))
                            : new StoredField.Erased(name, Digest.of(take(in, Digest.SIZE))));
        }
        return new RecordBody(seed, fields);
    }

    private static ByteString take(ByteBuffer in, int length) {
        return ByteString.copyFrom(in, length);
    }
}
