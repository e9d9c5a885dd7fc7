package dev.weft.node.record;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The named fields of one record, while it describes itself: values, and links whose targets are not looked up yet. A
 * link becomes a value too: the ids of the records that it names.
 */
public final class Fields {

    /** A field that names other records; where {@code of} is there, in that record's place and not in its own. */
    public record Link(Role role, boolean list, List<Reference> targets, Optional<Reference> of) {
        /** Copies the list. */
        public Link {
            targets = List.copyOf(targets);
        }
    }

    private final SortedMap<String, FieldValue> values = new TreeMap<>();
    private final SortedMap<String, Link> links = new TreeMap<>();

    private Fields() {}

    /** What a record says of itself. */
    public static Fields of(LineageRecord record) {
        Fields fields = new Fields();
        Origin origin = record.origin();
        fields.put("kind", record.kind().text());
        fields.put("source", origin.source());
        origin.externalId().ifPresent(id -> fields.put("externalId", id));
        origin.more().forEach((name, value) -> fields.put("field." + name, value));
        record.describe(fields);
        return fields;
    }

    /** Values by their names. */
    public SortedMap<String, FieldValue> values() {
        return Collections.unmodifiableSortedMap(values);
    }

    /** Links by their names. */
    public SortedMap<String, Link> links() {
        return Collections.unmodifiableSortedMap(links);
    }

    void put(String name, FieldValue value) {
        values.put(name, value);
    }

    void put(String name, String text) {
        values.put(name, FieldValue.of(text));
    }

    void put(String name, long number) {
        values.put(name, FieldValue.of(number));
    }

    void put(String name, ContentDigest digest) {
        values.put(name, FieldValue.of(digest));
    }

    void put(String name, Digest id) {
        values.put(name, new FieldValue.Bytes(id.toByteString()));
    }

    void putText(String name, Optional<String> text) {
        text.ifPresent(value -> put(name, value));
    }

    void putNumber(String name, OptionalLong number) {
        number.ifPresent(value -> put(name, value));
    }

    void putTime(String name, Optional<Instant> time) {
        time.ifPresent(value -> put(name, FieldValue.of(value)));
    }

    void putId(String name, Optional<Digest> id) {
        id.ifPresent(value -> put(name, value));
    }

    void putTexts(String name, List<String> texts) {
        if (!texts.isEmpty()) {
            put(name, new FieldValue.Items(texts.stream().map(FieldValue::of).toList()));
        }
    }

    void putAll(String prefix, Map<String, FieldValue> all) {
        all.forEach((name, value) -> put(prefix + name, value));
    }

    void link(String name, Role role, Reference target) {
        links.put(name, new Link(role, false, List.of(target), Optional.empty()));
    }

    void link(String name, Role role, Optional<Reference> target) {
        target.ifPresent(value -> link(name, role, value));
    }

    void link(String name, Role role, Optional<Reference> target, Optional<Reference> of) {
        target.ifPresent(value -> links.put(name, new Link(role, false, List.of(value), of)));
    }

    void link(String name, Role role, List<Reference> targets) {
        link(name, role, targets, Optional.empty());
    }

    void link(String name, Role role, List<Reference> targets, Optional<Reference> of) {
        if (!targets.isEmpty()) {
            links.put(name, new Link(role, true, List.copyOf(targets), of));
        }
    }
}
