package dev.weft.node.release;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * A field that was erased, with what to look for afterwards. Not to be kept: it still holds the value.
 *
 * @param record the record
 * @param told what the federation was told of it, in words
 * @param erasure the record that says so
 * @param salt random and unique: where it is found, the field is
 * @param value the value's bytes; empty where it is too short to be looked for
 */
record Erased(
        long record, String field, Optional<String> told, long erasure, ByteString salt, Optional<ByteString> value) {}
