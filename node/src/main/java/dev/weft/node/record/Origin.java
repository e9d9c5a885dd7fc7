package dev.weft.node.record;

import dev.weft.proto.digest.FieldValue;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What every record has: the tool it comes from, that tool's id for it (the same again changes nothing), and the fields
 * that the tool added of its own.
 */
public record Origin(String source, Optional<String> externalId, SortedMap<String, FieldValue> more) {

    public Origin {
        more = Collections.unmodifiableSortedMap(new TreeMap<>(more));
    }

    /** Without an id and without fields of its own. */
    public static Origin of(String source) {
        return new Origin(source, Optional.empty(), Collections.emptySortedMap());
    }

    /** Without fields of its own. */
    public static Origin of(String source, String externalId) {
        return new Origin(source, Optional.of(externalId), Collections.emptySortedMap());
    }
}
