package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;

/**
 * One implementation of Ed25519 (RFC 8032). The key rule and the length of inputs are checked before it is asked; what
 * remains to it is the equation, judged as {@link VerifyingKey} says.
 */
interface Ed25519Provider {

    /** The name under which the provider is forced and reported. */
    String name();

    /** A verifier for one key that has passed {@link StrictRule#checkKey}; used by many threads at once. */
    Verifier verifier(byte[] publicKey);

    /** A signer for one 32-byte seed; used by many threads at once. */
    Signer signer(byte[] seed);

    /** A generator that is seeded by the system; used by many threads at once. */
    SecureRandom random();

    /** Judges signatures of one key. */
    interface Verifier {
        /** Whether S is less than the group order and encode([S]B - [k]A) equals R byte for byte. */
        boolean verify(byte[] message, byte[] signature);
    }

    /** Signs with one key. */
    interface Signer {
        /** The 64-byte signature over the message. */
        ByteString sign(byte[] message);
    }
}
