package dev.weft.node.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.RecordTree;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way in: its values are under their commitments already, which is most of the work and needs no
 * database. Only where it names other records does it wait for the writer's thread, which knows their ids.
 */
final class Draft {

    /** What is written: the row's bytes, and the leaf of the site's log. */
    record Ready(ByteString body, ByteString leaf) {}

    private final LineageRecord record;
    private final Fields fields;
    private final byte[] seed = new byte[RecordBody.SEED_SIZE];
    private final SortedMap<String, StoredField> kept = new TreeMap<>();
    private final SortedMap<String, Digest> commitments = new TreeMap<>();
    private final List<Salt> linkSalts = new ArrayList<>();
    private final @Nullable Ready ready;

    Draft(LineageRecord record, SecureRandom random) {
        this.record = record;
        this.fields = Fields.of(record);
        byte[] salts = new byte[(fields.values().size() + fields.links().size()) * Salt.SIZE];
        random.nextBytes(seed);
        random.nextBytes(salts); // one call: the generator takes a lock and may go to the kernel
        int offset = 0;
        for (Map.Entry<String, FieldValue> field : fields.values().entrySet()) {
            seal(field.getKey(), salt(salts, offset), field.getValue());
            offset += Salt.SIZE;
        }
        for (; offset < salts.length; offset += Salt.SIZE) {
            linkSalts.add(salt(salts, offset));
        }
        this.ready = fields.links().isEmpty() ? finish() : null;
    }

    private static Salt salt(byte[] salts, int offset) {
        return Salt.of(ByteString.copyFrom(salts, offset, Salt.SIZE));
    }

    private void seal(String name, Salt salt, FieldValue value) {
        byte[] canonical = value.canonicalBytes();
        kept.put(name, new StoredField.Kept(name, salt, UnsafeByteOperations.unsafeWrap(canonical)));
        commitments.put(name, Commitment.commit(salt, name, canonical));
    }

    private Ready finish() {
        RecordBody body = new RecordBody(ByteString.copyFrom(seed), List.copyOf(kept.values()));
        RecordTree tree = RecordTree.build(commitments, RecordBody.decoys(seed));
        return new Ready(body.encode(), tree.leafData());
    }

    LineageRecord record() {
        return record;
    }

    SortedMap<String, Fields.Link> links() {
        return fields.links();
    }

    /** The digest of an artifact, which it is looked up by. */
    Optional<ContentDigest> digest() {
        return Optional.ofNullable(fields.values().get("digest"))
                .filter(FieldValue.DigestValue.class::isInstance)
                .map(value -> ((FieldValue.DigestValue) value).value());
    }

    /** Finishes it with the ids that its links name; on the writer's thread. */
    Ready ready(SortedMap<String, FieldValue> linked) {
        if (ready != null) {
            return ready;
        }
        int next = 0;
        for (Map.Entry<String, FieldValue> link : linked.entrySet()) {
            seal(link.getKey(), linkSalts.get(next++), link.getValue());
        }
        return finish();
    }

    /** Whether a record that is there says the same; what was erased from it cannot be compared and counts as equal. */
    boolean sameAs(RecordBody stored, SortedMap<String, FieldValue> linked) {
        SortedMap<String, FieldValue> mine = new TreeMap<>(fields.values());
        mine.putAll(linked);
        if (mine.size() != stored.fields().size()) {
            return false;
        }
        for (StoredField field : stored.fields()) {
            FieldValue value = mine.get(field.name());
            if (value == null) {
                return false;
            }
            if (field instanceof StoredField.Kept there
                    && !there.canonical().equals(ByteString.copyFrom(value.canonicalBytes()))) {
                return false;
            }
        }
        return true;
    }
}
