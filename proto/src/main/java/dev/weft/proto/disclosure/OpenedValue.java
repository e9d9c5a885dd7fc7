package dev.weft.proto.disclosure;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;

/**
 * A field that a site opened and whose proof held.
 *
 * @param record index of its record in the site's log
 */
public record OpenedValue(long record, String name, FieldValue value, Digest commitment) {}
