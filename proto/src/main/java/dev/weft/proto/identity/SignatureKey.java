package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.PublicKey;

/** A public key that signatures are checked with: the first one, or the second one beside it (docs/protocol.md section 6). */
public sealed interface SignatureKey permits VerifyingKey, MlDsaKey {

    /** Names the key in an envelope. */
    KeyId id();

    /** The wire form. */
    PublicKey toProto();

    /**
     * Checks a signature over a message.
     *
     * @throws VerificationException {@link Reason#BAD_SIGNATURE}
     */
    void verify(byte[] message, ByteString signature) throws VerificationException;
}
