package dev.weft.node.release;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One statement that policy let out, or that a person decides about.
 *
 * @param record the record that it says something of
 * @param body the whole in-toto statement without its header, in the exact bytes that are signed with the header added
 * @param statement its id, once it is signed
 */
public record Release(
        long id,
        long record,
        State state,
        String predicateType,
        ByteString body,
        Instant askedAt,
        Optional<Decided> decided,
        Optional<Digest> statement) {

    /** Where it stands. */
    public enum State {
        /** For the steward. */
        WAITING,
        /** A person let it out. */
        APPROVED,
        /** A person kept it in. */
        REFUSED,
        /** Policy let it out. */
        AUTOMATIC,
        /** Policy would let it out, but this node may not sign: it is let out when the node may again. */
        HELD;

        /** The form in the database and in answers. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether somebody is still to decide. */
        public boolean open() {
            return this == WAITING || this == HELD;
        }
    }

    /**
     * A decision that was taken.
     *
     * @param by a person, or {@code policy}
     * @param record where it is recorded
     */
    public record Decided(String by, Instant at, Optional<String> reason, long record) {}
}
