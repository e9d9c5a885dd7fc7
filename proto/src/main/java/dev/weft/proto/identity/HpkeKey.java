package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.security.SecureRandom;
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
