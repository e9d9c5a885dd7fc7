package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.PublicKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/**
 * The ECDSA P-256 key pair behind a certificate (RFC 5480). It authenticates a connection and its own possession, and
 * signs no statement.
 */
public final class TlsKey {

    private final KeyPair keyPair;

    private TlsKey(KeyPair keyPair) {
        this.keyPair = keyPair;
    }

    /** A new key pair. */
    public static TlsKey generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return new TlsKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no P-256", e);
        }
    }

    /**
     * Reads a stored key: PKCS #8 in PEM (RFC 7468 section 10).
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where the text is no P-256 private key
     */
    public static TlsKey fromPem(String pem) throws VerificationException {
        return new TlsKey(P256.keyPair(Pem.read(pem, "PRIVATE KEY", Reason.BAD_KEY)));
    }

    /** The secret in PEM, for the one file that keeps it. */
    public String toPem() {
        return Pem.write("PRIVATE KEY", keyPair.getPrivate().getEncoded());
    }

    public KeyPair keyPair() {
        return keyPair;
    }

    /** The public half in its wire form. */
    public PublicKey toProto() {
        return P256.toProto(keyPair.getPublic());
    }

    /** SHA256withECDSA over the message, in DER. */
    public ByteString sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(P256.SIGNATURE);
            signature.initSign(keyPair.getPrivate());
            signature.update(message);
            return ByteString.copyFrom(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot sign with P-256", e);
        }
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "private ecdsa-p256:" + KeyId.of(toProto());
    }
}
