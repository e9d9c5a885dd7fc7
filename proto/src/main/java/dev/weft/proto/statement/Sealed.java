package dev.weft.proto.statement;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;

/** The form of what one member sends another through the aggregator, sealed (docs/protocol.md, section 8). */
public final class Sealed {
    /** An encapsulated X25519 key and the tag of an empty text (RFC 9180 sections 4.1 and 5.2). */
    private static final int LEAST = 48;

    /** With the encapsulated key. */
    public static final int MOST = 65_536;

    private Sealed() {}

    /** Gives the id, where the message has the form that it must have; {@code from} is the aggregator's to say. */
    public static Digest check(SealedMessage message) throws VerificationException {
        FieldRules.member(message.getTo(), "to");
        FieldRules.value(message.getKind() != SealedKind.UNRECOGNIZED, "kind", "is none that this version knows");
        FieldRules.known(message.getKind(), "kind");
        FieldRules.hash(message.getAbout(), "about");
        FieldRules.present(!message.getSealed().isEmpty(), "sealed");
        if (message.getSealed().size() > MOST) {
            throw new VerificationException(
                    Reason.TOO_LARGE,
                    "'sealed' has " + message.getSealed().size() + " bytes; at most " + MOST + " are passed on.");
        }
        FieldRules.value(message.getSealed().size() >= LEAST, "sealed", "is shorter than any ciphertext");
        return id(message);
    }

    /** SHA-256 of the sealed bytes: what a logged decision calls the digest of the ciphertext. */
    public static Digest id(SealedMessage message) {
        return Hashing.sha256(message.getSealed());
    }
}
