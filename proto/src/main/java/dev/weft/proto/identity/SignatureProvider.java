package dev.weft.proto.identity;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Which implementation computes Ed25519 in this process: chosen once by probing, the same verdicts whichever it is. The
 * system property {@value #PROPERTY} forces one: {@code auto} (default), {@code accp} or {@code bouncycastle}.
 */
public final class SignatureProvider {

    /** Name of the system property. */
    public static final String PROPERTY = "weft.signature.provider";

    private SignatureProvider() {}

    /** The name of the provider in use, {@code accp} or {@code bouncycastle}; for logs, metrics and benchmarks. */
    public static String active() {
        return current().name();
    }

    /**
     * Randomness for keys and salts, for many threads at once. Where the native provider is in use it is that one's
     * generator: a record of a hundred fields takes a hundred salts, for which the JDK's own takes longer than for all hashes.
     */
    public static SecureRandom random() {
        return current().random();
    }

    static Ed25519Provider current() {
        return Active.PROVIDER;
    }

    /**
     * The provider that a setting asks for.
     *
     * @throws IllegalStateException where it is unknown, or forced and not there: a silent fallback would hide it
     */
    static Ed25519Provider choose(String setting) {
        return switch (setting) {
            case "auto" -> probeNative().<Ed25519Provider>map(p -> p).orElseGet(BouncyCastleEd25519::new);
            case BouncyCastleEd25519.NAME -> new BouncyCastleEd25519();
            case CorrettoEd25519.NAME ->
                probeNative()
                        .orElseThrow(() -> new IllegalStateException(
                                PROPERTY + "=accp, but its native library does not load here; use auto."));
            default ->
                throw new IllegalStateException(
                        PROPERTY + " is '" + setting + "'; use one of auto, accp, bouncycastle.");
        };
    }

    static Optional<CorrettoEd25519> probeNative() {
        try {
            return Optional.of(CorrettoEd25519.probe());
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Holder, so that the probe runs at first use and once. */
    private static final class Active {
        static final Ed25519Provider PROVIDER = choose(System.getProperty(PROPERTY, "auto"));
    }
}
