package dev.weft.proto.identity;

import com.google.protobuf.ByteString;

/** A private key that signs statements: the first one, or the second one beside it. The same message gives the same bytes. */
public sealed interface Signatory permits SigningKey, MlDsaSigningKey {

    SignatureKey verifyingKey();

    ByteString sign(byte[] message);
}
