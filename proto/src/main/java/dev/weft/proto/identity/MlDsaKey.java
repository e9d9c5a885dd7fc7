package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * An ML-DSA-44 public key (FIPS 204): a member's second key. Its signatures are of pure ML-DSA with the empty context.
 * Every byte string of the right length is a key, so its length is all that there is to check.
 *
 * <p>Safe for use by many threads.
 */
public final class MlDsaKey implements SignatureKey {
    /** Length of a key in bytes, FIPS 204 table 2. */
    public static final int SIZE = 1_312;

    /** Length of a signature in bytes, FIPS 204 table 2. */
    public static final int SIGNATURE_SIZE = 2_420;

    private final PublicKey wire;
    private final KeyId id;
    private final MLDSAPublicKeyParameters parameters;

    private MlDsaKey(PublicKey wire) {
        this.wire = wire;
        this.id = KeyId.of(wire);
        this.parameters = new MLDSAPublicKeyParameters(
                MLDSAParameters.ml_dsa_44, wire.getKey().toByteArray());
    }

    /**
     * Reads a key in its wire form.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where algorithm or length is another
     */
    public static MlDsaKey of(PublicKey key) throws VerificationException {
        if (key.getAlgorithm() != KeyAlgorithm.ML_DSA_44) {
            throw new VerificationException(
                    Reason.BAD_KEY, "The key is " + key.getAlgorithm() + "; an ML_DSA_44 key is needed here.");
        }
        if (key.getKey().size() != SIZE) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The ML_DSA_44 key has " + key.getKey().size() + " bytes; " + SIZE + " are needed.");
        }
        return new MlDsaKey(key);
    }

    /**
     * Reads a key in its raw form.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where its length is another
     */
    public static MlDsaKey of(ByteString raw) throws VerificationException {
        return of(PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.ML_DSA_44)
                .setKey(raw)
                .build());
    }

    static MlDsaKey ofRaw(byte[] raw) {
        return new MlDsaKey(PublicKey.newBuilder()
                .setAlgorithm(KeyAlgorithm.ML_DSA_44)
                .setKey(ByteString.copyFrom(raw))
                .build());
    }

    /**
     * Checks a signature over a message.
     *
     * @throws VerificationException {@link Reason#BAD_SIGNATURE}
     */
    @Override
    public void verify(byte[] message, ByteString signature) throws VerificationException {
        if (signature.size() != SIGNATURE_SIZE || !holds(message, signature)) {
            throw new VerificationException(
                    Reason.BAD_SIGNATURE,
                    "The ML-DSA-44 signature does not verify under key " + id
                            + "; sign the exact bytes with the key in force.");
        }
    }

    private boolean holds(byte[] message, ByteString signature) {
        MLDSASigner signer = new MLDSASigner();
        signer.init(false, parameters);
        signer.update(message, 0, message.length);
        return signer.verifySignature(signature.toByteArray());
    }

    /** The wire form. */
    @Override
    public PublicKey toProto() {
        return wire;
    }

    @Override
    public KeyId id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MlDsaKey key && wire.equals(key.wire);
    }

    @Override
    public int hashCode() {
        return wire.hashCode();
    }

    /** The key's id, for messages to people. */
    @Override
    public String toString() {
        return "ml-dsa-44:" + id;
    }
}
