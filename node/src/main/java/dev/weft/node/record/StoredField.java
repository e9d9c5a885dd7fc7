package dev.weft.node.record;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Salt;

/** A named field as it is kept: with its value and salt, or erased down to its commitment. */
public sealed interface StoredField {

    /** The field's name. */
    String name();

    /** What stands for it in the record's tree; the same before and after an erasure. */
    Digest commitment();

    /** A field whose value is there. The salt is a secret as long as the field is. */
    record Kept(String name, Salt salt, ByteString canonical) implements StoredField {

        /** The value. */
        public FieldValue value() {
            try {
                return FieldValue.parse(canonical);
            } catch (VerificationException e) {
                throw new IllegalStateException("the database holds a broken value of field " + name, e);
            }
        }

        @Override
        public Digest commitment() {
            return Commitment.commit(salt, name, canonical.toByteArray());
        }
    }

    /** A field whose value and salt are gone. */
    record Erased(String name, Digest commitment) implements StoredField {}
}
