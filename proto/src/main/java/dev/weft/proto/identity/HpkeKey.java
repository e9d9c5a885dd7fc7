package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * An X25519 key pair (RFC 7748) that receives what others encrypt by HPKE (RFC 9180).
 *
 * <p>X25519 cannot sign, so nobody proves possession of it when joining. That harms nobody else: a member that enrols a
 * key it does not hold only cannot read what is sent to it, and the key is bound to its owner by the one-time signature
 * of the join and by the membership statement.
 */
public final class HpkeKey {

    private final ByteString secret;
    private final ByteString publicKey;

    private HpkeKey(byte[] secret) {
        this.secret = ByteString.copyFrom(secret);
        byte[] point = new byte[X25519.POINT_SIZE];
        X25519.generatePublicKey(secret, 0, point, 0);
        this.publicKey = ByteString.copyFrom(point);
    }

    /** A new key pair. */
    public static HpkeKey generate(SecureRandom random) {
        byte[] secret = new byte[X25519.SCALAR_SIZE];
        X25519.generatePrivateKey(random, secret);
        return new HpkeKey(secret);
    }

    /**
     * The pair of a stored secret.
     *
     * @throws IllegalArgumentException where it has not 32 bytes
     */
    public static HpkeKey fromPrivate(ByteString secret) {
        if (secret.size() != X25519.SCALAR_SIZE) {
            throw new IllegalArgumentException("an X25519 secret has 32 bytes, not " + secret.size());
        }
        return new HpkeKey(secret.toByteArray());
    }

    /** The 32 secret bytes, for the one file that keeps them. */
    public ByteString privateBytes() {
        return secret;
    }

    /**
     * Encrypts to whoever holds the private half: HPKE in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
     * ChaCha20Poly1305 (RFC 9180 section 7: 0x0020, 0x0001, 0x0003), one message to one encapsulated key.
     *
     * @param info what both sides know of the occasion; another one opens nothing
     * @return the 32-byte encapsulated key, then the ciphertext with its tag
     * @throws VerificationException {@code bad-key} where the reader's key is none, or of small order
     */
    public static ByteString seal(PublicKey reader, ByteString info, ByteString text, SecureRandom random)
            throws VerificationException {
        byte[] ephemeral = new byte[X25519.SCALAR_SIZE];
        X25519.generatePrivateKey(random, ephemeral);
        return seal(reader, info, ByteString.EMPTY, text, ephemeral);
    }

    static ByteString seal(PublicKey reader, ByteString info, ByteString aad, ByteString text, byte[] ephemeral)
            throws VerificationException {
        if (reader.getAlgorithm() != KeyAlgorithm.X25519 || reader.getKey().size() != X25519.POINT_SIZE) {
            throw new VerificationException(Reason.BAD_KEY, "The reader's key is no X25519 key of 32 bytes.");
        }
        try {
            X25519PrivateKeyParameters secret = new X25519PrivateKeyParameters(ephemeral);
            HPKEContextWithEncapsulation context = suite().setupBaseS(
                            new X25519PublicKeyParameters(reader.getKey().toByteArray()),
                            info.toByteArray(),
                            new AsymmetricCipherKeyPair(secret.generatePublicKey(), secret));
            return ByteString.copyFrom(context.getEncapsulation())
                    .concat(ByteString.copyFrom(context.seal(aad.toByteArray(), text.toByteArray())));
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new VerificationException(Reason.BAD_KEY, "Nothing can be sealed to the reader's key.", e);
        }
    }

    /**
     * Opens what was sealed to this key for this occasion.
     *
     * @throws VerificationException {@code not-for-us} where it was sealed to another key or for another occasion, or was
     *     changed on the way
     */
    public ByteString open(ByteString info, ByteString sealed) throws VerificationException {
        return open(info, ByteString.EMPTY, sealed);
    }

    ByteString open(ByteString info, ByteString aad, ByteString sealed) throws VerificationException {
        if (sealed.size() < X25519.POINT_SIZE) {
            throw new VerificationException(Reason.MALFORMED, "A sealed message begins with a key of 32 bytes.");
        }
        try {
            X25519PrivateKeyParameters own = new X25519PrivateKeyParameters(secret.toByteArray());
            return ByteString.copyFrom(suite().setupBaseR(
                            sealed.substring(0, X25519.POINT_SIZE).toByteArray(),
                            new AsymmetricCipherKeyPair(own.generatePublicKey(), own),
                            info.toByteArray())
                    .open(aad.toByteArray(), sealed.substring(X25519.POINT_SIZE).toByteArray()));
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new VerificationException(
                    Reason.NOT_FOR_US,
                    "It does not open: it was sealed to another key or for another occasion, or was changed on the way.",
                    e);
        }
    }

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_CHACHA20_POLY1305);
    }

    /** The public half in its wire form. */
    public PublicKey toProto() {
        return PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(publicKey)
                .build();
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "private x25519:" + KeyId.of(toProto());
    }
}
