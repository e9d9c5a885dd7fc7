package dev.weft.node.release;

import com.google.protobuf.ByteString;
import dev.weft.node.record.Kind;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Says records and their fields in the form that policy gives them outside: digests and commitments, no value. */
final class References {

    private static final Map<Kind, ArtifactKind> KINDS = Map.of(
            Kind.DATASET, ArtifactKind.DATASET,
            Kind.CODE, ArtifactKind.CODE,
            Kind.ENVIRONMENT, ArtifactKind.ENVIRONMENT,
            Kind.MODEL, ArtifactKind.MODEL,
            Kind.RUN, ArtifactKind.RUN,
            Kind.PERMIT, ArtifactKind.PERMIT);
    private static final int MAX_NAME = 200;

    private final ReleasePolicy policy;
    private final Connection connection;
    private final LinkingKeys keys;
    private final List<Opening> openings = new ArrayList<>();

    /** {@code connection}: the writer's, on which linkable values are taken down. */
    References(ReleasePolicy policy, Connection connection, LinkingKeys keys) {
        this.policy = policy;
        this.connection = connection;
        this.keys = keys;
    }

    /** The kind that statements have for records of a kind; only for those with a name outside. */
    static ArtifactKind kind(Kind kind) {
        return Objects.requireNonNull(KINDS.get(kind), kind.text());
    }

    /** The openings that policy asked for, of all fields that were committed to up to here. */
    List<Opening> openings() {
        return openings;
    }

    /** What stands for a record; nothing where policy withholds it, or where records of its kind have no name outside. */
    Optional<ArtifactRef> artifact(StoredRecord record) throws SQLException {
        ArtifactKind kind = KINDS.get(record.kind());
        String field = record.identityField();
        FieldClass fieldClass = policy.field(record.kind(), field);
        if (kind == null || fieldClass == FieldClass.WITHHELD) {
            return Optional.empty();
        }
        ArtifactRef.Builder ref = ArtifactRef.newBuilder().setKind(kind);
        if (fieldClass == FieldClass.PUBLIC
                && record.value(field).orElse(null) instanceof FieldValue.DigestValue digest) {
            ref.setDigest(digest.value().toString());
        } else {
            Optional<ByteString> linkable =
                    fieldClass == FieldClass.LINKABLE ? linkable(record, field) : Optional.empty();
            linkable.ifPresentOrElse(ref::setLinkable, () -> ref.setCommitment(commitment(record, field)));
        }
        if (record.value("from").orElse(null) instanceof FieldValue.Bytes from) {
            ref.setFrom(from.value());
        }
        return Optional.of(ref.build());
    }

    /**
     * The value under the key in force; without that key the one that the artifact was told by before; else none, and a
     * commitment stands for it until the key is there and an alias joins the two. What everybody has joins nothing.
     */
    private Optional<ByteString> linkable(StoredRecord record, String field) throws SQLException {
        if (!(record.value(field).orElse(null) instanceof FieldValue.DigestValue digest)
                || digest.value().neverStitches()) {
            return Optional.empty();
        }
        Optional<LinkingKeys.Held> held = keys.current();
        if (held.isEmpty()) {
            return LinkStore.toldAs(connection, record.id())
                    .filter(ArtifactRef::hasLinkable)
                    .map(ArtifactRef::getLinkable);
        }
        Digest value = held.get().key().value(record.kind().text(), digest.value());
        LinkStore.putValue(connection, record.id(), held.get().epoch(), value);
        return Optional.of(value.toByteString());
    }

    /** A model that a round event names by its digest; where model digests are not public, by the event's own field. */
    static ArtifactRef model(
            ReleasePolicy policy, StoredRecord event, String field, ContentDigest digest, Optional<Digest> from) {
        ArtifactRef.Builder ref = ArtifactRef.newBuilder().setKind(ArtifactKind.MODEL);
        if (policy.field(Kind.MODEL, "digest") == FieldClass.PUBLIC) {
            ref.setDigest(digest.toString());
        } else {
            ref.setCommitment(commitment(event, field));
        }
        from.ifPresent(id -> ref.setFrom(id.toByteString()));
        return ref.build();
    }

    static ByteString commitment(StoredRecord record, String field) {
        return field(record, field).commitment().toByteString();
    }

    private static StoredField field(StoredRecord record, String field) {
        return record.body()
                .field(field)
                .orElseThrow(() -> new IllegalStateException("record " + record.id() + " has no field " + field));
    }

    /** The fields of a record below a prefix, as commitments; those that policy opens are remembered with their values. */
    List<CommittedField> committed(StoredRecord record, String prefix) {
        return newest(List.of(record), prefix);
    }

    /** As {@link #committed}, of several records: of one name the last one's alone, and no other is opened. */
    List<CommittedField> newest(List<StoredRecord> records, String prefix) {
        Map<String, Ruled> newest = new TreeMap<>();
        for (StoredRecord record : records) {
            for (StoredField field : record.body().fields()) {
                FieldRule rule = policy.fieldRule(record.kind(), field.name());
                if (field.name().startsWith(prefix)
                        && sayable(field.name())
                        && rule.fieldClass() != FieldClass.WITHHELD) {
                    newest.put(field.name(), new Ruled(field, rule));
                }
            }
        }
        List<CommittedField> committed = new ArrayList<>();
        for (Ruled ruled : newest.values()) {
            committed.add(CommittedField.newBuilder()
                    .setName(ruled.field().name())
                    .setCommitment(ruled.field().commitment().toByteString())
                    .build());
            if (ruled.field() instanceof StoredField.Kept kept) {
                open(newest.keySet(), ruled.rule(), kept).ifPresent(committed::add);
            }
        }
        return committed;
    }

    private record Ruled(StoredField field, FieldRule rule) {}

    /** Remembers what goes along in clear; gives the range's own commitment where it is a range. */
    private Optional<CommittedField> open(Set<String> names, FieldRule rule, StoredField.Kept field) {
        if (rule.fieldClass() == FieldClass.OPEN && !policy.tooFew(field.value())) {
            openings.add(opening(field));
        }
        // A tool's own field of that name stands where the range would, and is what it says it is.
        String name = field.name() + Bucket.SUFFIX;
        if (rule.fieldClass() != FieldClass.BUCKET || !sayable(name) || names.contains(name)) {
            return Optional.empty();
        }
        Optional<Bucket> bucket = Bucket.of(field, rule.bucket());
        bucket.map(Bucket::opening).ifPresent(openings::add);
        return bucket.map(Bucket::committed);
    }

    private static Opening opening(StoredField.Kept kept) {
        return Opening.newBuilder()
                .setCommitment(kept.commitment().toByteString())
                .setName(kept.name())
                .setSalt(kept.salt().toByteString())
                .setValue(kept.canonical())
                .build();
    }

    /** A tool may call its parameters what it likes; a statement holds only names of plain characters. */
    private static boolean sayable(String name) {
        return name.length() <= MAX_NAME && name.chars().allMatch(References::isPlain);
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-/".indexOf(c) >= 0;
    }
}
