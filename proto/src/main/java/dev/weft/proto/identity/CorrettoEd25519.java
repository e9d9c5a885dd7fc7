package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Amazon Corretto Crypto Provider, native and twice as fast. It compares encode([S]B - [k]A) with R as bytes, so that a
 * valid key leaves nothing to check but that R is not the identity. Nothing compiles against it: where its library does
 * not load, {@link #probe} says so and the other provider serves.
 */
final class CorrettoEd25519 implements Ed25519Provider {

    static final String NAME = "accp";

    private static final String PROVIDER_CLASS = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
    private static final String ALGORITHM = "Ed25519";
    private static final String GENERATOR = "LibCryptoRng";

    /** SubjectPublicKeyInfo of Ed25519 up to the key (RFC 8410 section 4). */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final Provider provider;

    private CorrettoEd25519(Provider provider) {
        this.provider = provider;
    }

    /** The provider, where its library loads, passes its own tests and knows what it is used for. */
    static CorrettoEd25519 probe() throws GeneralSecurityException {
        try {
            Class<?> type = Class.forName(PROVIDER_CLASS);
            Provider provider = (Provider) type.getField("INSTANCE").get(null);
            type.getMethod("assertHealthy").invoke(provider);
            Signature.getInstance(ALGORITHM, provider);
            SecureRandom.getInstance(GENERATOR, provider);
            return new CorrettoEd25519(provider);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            throw new GeneralSecurityException("the native signature provider does not load", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SecureRandom random() {
        try {
            return SecureRandom.getInstance(GENERATOR, provider);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the native signature provider has lost its generator", e);
        }
    }

    @Override
    public Verifier verifier(byte[] publicKey) {
        PublicKey key = publicKey(publicKey);
        Pool pool = new Pool(key);
        return (message, signature) -> !StrictRule.isIdentityR(signature) && verify(pool, message, signature);
    }

    private static boolean verify(Pool pool, byte[] message, byte[] signature) {
        Signature engine = pool.take();
        try {
            engine.update(message);
            boolean holds = engine.verify(signature);
            pool.giveBack(engine);
            return holds;
        } catch (SignatureException e) {
            return false; // the engine is dropped with whatever state the failure left in it
        }
    }

    @Override
    public Signer signer(byte[] seed) {
        Pool pool = new Pool(privateKey(seed));
        return message -> {
            Signature engine = pool.take();
            try {
                engine.update(message);
                ByteString signature = UnsafeByteOperations.unsafeWrap(engine.sign());
                pool.giveBack(engine);
                return signature;
            } catch (SignatureException e) {
                throw new IllegalStateException("the native signature provider failed to sign", e);
            }
        };
    }

    /** The native provider registers no Ed25519 key factory, so keys are the JDK's. */
    private static PublicKey publicKey(byte[] raw) {
        byte[] spki = new byte[SPKI_PREFIX.length + raw.length];
        System.arraycopy(SPKI_PREFIX, 0, spki, 0, SPKI_PREFIX.length);
        System.arraycopy(raw, 0, spki, SPKI_PREFIX.length, raw.length);
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no Ed25519", e);
        }
    }

    private static PrivateKey privateKey(byte[] seed) {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no Ed25519", e);
        }
    }

    /**
     * Initialised engines of one key. An engine serves one thread at a time and costs more to initialise than to use; one
     * is kept, a second thread at the same key makes its own.
     */
    private final class Pool {

        private final Key key;
        private final AtomicReference<@Nullable Signature> idle = new AtomicReference<>();

        Pool(Key key) {
            this.key = key;
        }

        Signature take() {
            Signature engine = idle.getAndSet(null);
            return engine != null ? engine : create();
        }

        void giveBack(Signature engine) {
            idle.lazySet(engine);
        }

        private Signature create() {
            try {
                Signature engine = Signature.getInstance(ALGORITHM, provider);
                if (key instanceof PrivateKey secret) {
                    engine.initSign(secret);
                } else {
                    engine.initVerify((PublicKey) key);
                }
                return engine;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the native signature provider refuses a valid key", e);
            }
        }
    }
}
