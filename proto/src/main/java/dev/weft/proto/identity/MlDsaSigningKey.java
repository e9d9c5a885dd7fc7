package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * An ML-DSA-44 private key (FIPS 204), kept as the 32-byte seed of its algorithm 1. Signs deterministically (section 3.4):
 * the same message gives the same bytes, so that what was signed once can be signed again after a crash.
 *
 * <p>Safe for use by many threads.
 */
public final class MlDsaSigningKey implements Signatory {
    private static final int SEED_SIZE = 32;

    private final ByteString seed;
    private final MLDSAPrivateKeyParameters parameters;
    private final MlDsaKey verifyingKey;

    private MlDsaSigningKey(ByteString seed) {
        this.seed = seed;
        byte[] secret = seed.toByteArray();
        this.parameters = new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, secret);
        this.verifyingKey = MlDsaKey.ofRaw(parameters.getPublicKey());
        Arrays.fill(secret, (byte) 0);
    }

    /** A new key. */
    public static MlDsaSigningKey generate(SecureRandom random) {
        byte[] seed = new byte[SEED_SIZE];
        random.nextBytes(seed);
        return fromSeed(ByteString.copyFrom(seed));
    }

    /**
     * The key of a stored seed.
     *
     * @throws IllegalArgumentException where the seed has not 32 bytes
     */
    public static MlDsaSigningKey fromSeed(ByteString seed) {
        if (seed.size() != SEED_SIZE) {
            throw new IllegalArgumentException("an ML-DSA-44 seed has " + SEED_SIZE + " bytes, not " + seed.size());
        }
        return new MlDsaSigningKey(seed);
    }

    /** The 32 secret bytes, for the one file that keeps them. */
    public ByteString seed() {
        return seed;
    }

    @Override
    public MlDsaKey verifyingKey() {
        return verifyingKey;
    }

    /** The 2,420-byte signature. */
    @Override
    public ByteString sign(byte[] message) {
        MLDSASigner signer = new MLDSASigner();
        signer.init(true, parameters); // no randomness given: the deterministic variant
        signer.update(message, 0, message.length);
        try {
            return ByteString.copyFrom(signer.generateSignature());
        } catch (CryptoException e) {
            throw new IllegalStateException("ML-DSA-44 could not sign", e);
        }
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "private " + verifyingKey;
    }
}
