package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** ECDSA over NIST P-256 with SHA-256. One encoding of a key is valid: named curve, uncompressed point, on the curve. */
final class P256 {

    static final String SIGNATURE = "SHA256withECDSA";

    /** SubjectPublicKeyInfo of P-256 up to the two coordinates (RFC 5480 section 2). */
    private static final ByteString SPKI_PREFIX =
            ByteString.copyFrom(HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"));

    private static final int COORDINATE = 32;
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("P-256");

    private P256() {}

    static PublicKey toProto(java.security.PublicKey key) {
        return PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.ECDSA_P256)
                .setKey(ByteString.copyFrom(key.getEncoded()))
                .build();
    }

    /** Passes a SubjectPublicKeyInfo of the one valid form whose point lies on the curve. */
    static void check(ByteString spki) throws VerificationException {
        boolean form = spki.size() == SPKI_PREFIX.size() + 2 * COORDINATE && spki.startsWith(SPKI_PREFIX);
        if (!form || !onCurve(spki.substring(SPKI_PREFIX.size() - 1).toByteArray())) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The TLS key is not a P-256 SubjectPublicKeyInfo with an uncompressed point; make a new key pair.");
        }
    }

    private static boolean onCurve(byte[] point) {
        try {
            return !CURVE.getCurve().decodePoint(point).isInfinity();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static java.security.PublicKey publicKey(ByteString spki) throws VerificationException {
        check(spki);
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki.toByteArray()));
        } catch (GeneralSecurityException e) {
            throw new VerificationException(Reason.BAD_KEY, "The TLS key does not decode; make a new key pair.");
        }
    }

    static void verify(ByteString spki, byte[] message, ByteString signature) throws VerificationException {
        java.security.PublicKey key = publicKey(spki);
        boolean holds;
        try {
            Signature check = Signature.getInstance(SIGNATURE);
            check.initVerify(key);
            check.update(message);
            holds = check.verify(signature.toByteArray());
        } catch (GeneralSecurityException e) {
            holds = false; // damaged DER
        }
        if (!holds) {
            throw new VerificationException(
                    Reason.BAD_SIGNATURE, "The signature does not verify under the TLS key; sign with the key itself.");
        }
    }

    /** The pair of a PKCS #8 private key, whose public half is computed: the JDK does not store it. */
    static KeyPair keyPair(byte[] pkcs8) throws VerificationException {
        try {
            PrivateKey secret = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            byte[] point = CURVE.getG()
                    .multiply(((ECPrivateKey) secret).getS())
                    .normalize()
                    .getEncoded(false);
            ByteString spki = SPKI_PREFIX.concat(ByteString.copyFrom(point, 1, point.length - 1));
            return new KeyPair(publicKey(spki), secret);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new VerificationException(
                    Reason.BAD_KEY, "The text is not a P-256 private key; restore the key file.");
        }
    }
}
