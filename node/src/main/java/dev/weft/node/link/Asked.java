package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.proto.identity.MemberName;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Another member's request for the linking key.
 *
 * @param keyId of the HPKE key that it can read with: the fingerprint a steward may compare by telephone
 * @param decidedBy a person
 */
public record Asked(
        long id,
        MemberName member,
        int epoch,
        ByteString keyId,
        Instant askedAt,
        State state,
        Optional<String> decidedBy,
        Optional<String> reason) {

    /** Where it stands. */
    public enum State {
        WAITING,
        APPROVED,
        REFUSED;

        /** The form in the database and in answers. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
