package dev.weft.node.record;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.merkle.MerkleMath;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A record as it lies in the database. The id is its index in the site's log. */
public record StoredRecord(
        long id, Kind kind, String source, Optional<String> externalId, Instant recordedAt, RecordBody body) {

    /** The hash of its leaf in the site's log (RFC 6962 section 2.1). */
    public Digest leaf() {
        return MerkleMath.leafHash(body.tree().leafData().toByteArray());
    }

    /** The field whose commitment stands for it outside: its digest, or its name where nothing was digested. */
    public String identityField() {
        return body.field(kind.identityField()).isPresent() ? kind.identityField() : "name";
    }

    /** The value of a field, if it is there and was not erased. */
    public Optional<FieldValue> value(String field) {
        return body.kept(field).map(StoredField.Kept::value);
    }

    /** The records that a field names, in its order. */
    public List<Long> targets(String field) {
        return value(field).stream().flatMap(StoredRecord::ids).toList();
    }

    private static Stream<Long> ids(FieldValue value) {
        if (value instanceof FieldValue.Items items) {
            return items.value().stream().flatMap(StoredRecord::ids);
        }
        return value instanceof FieldValue.Int id ? Stream.of(id.value().longValueExact()) : Stream.empty();
    }
}
