package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * What a digest string says: an algorithm and its value, printed {@code algorithm:lower-case-hex}. Two artifacts with
 * equal content digests are one thing to the graph, hence only strong algorithms have a place here (SHA-1 as git's own
 * name of a commit).
 *
 * @param algorithm {@code sha256}, {@code weft-model-v1}, {@code weft-blobs-v1} or {@code git-sha1}
 * @param value 32 bytes, 20 for git-sha1
 */
public record ContentDigest(String algorithm, ByteString value) {
    /** A file's SHA-256. */
    public static final String SHA256 = "sha256";
    /** A model's tensors, see {@link ModelDigest}. */
    public static final String MODEL = "weft-model-v1";
    /** Opaque payloads in order, see {@link BlobsDigest}. */
    public static final String BLOBS = "weft-blobs-v1";
    /** A git object, of code only. */
    public static final String GIT_SHA1 = "git-sha1";

    private static final Map<String, Integer> LENGTHS = Map.of(SHA256, 32, MODEL, 32, BLOBS, 32, GIT_SHA1, 20);
    private static final HexFormat HEX = HexFormat.of();
    /** What everybody has: equal by nothingness, so that it joins nothing. Empty file, model, blob list, git blob, tree. */
    private static final Set<String> EMPTY = Set.of(
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "weft-model-v1:25bd88232c1e42e37ae582193e9d2a48abbf925e490feb55db02930f05bec023",
            BlobsDigest.EMPTY,
            "git-sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
            "git-sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904");

    /** Checks algorithm and length; what breaks them is an IllegalArgumentException. */
    public ContentDigest {
        Integer length = LENGTHS.get(algorithm);
        if (length == null || value.size() != length) {
            throw new IllegalArgumentException("No digest form: " + algorithm + " of " + value.size() + " bytes");
        }
    }

    /** Reads a digest string; only the one printed form is accepted. */
    public static ContentDigest parse(String text) throws VerificationException {
        String algorithm = check(text);
        return new ContentDigest(
                algorithm, ByteString.copyFrom(HEX.parseHex(text, algorithm.length() + 1, text.length())));
    }

    /** Checks what {@link #parse} does, for every digest of every statement, and makes nothing: gives the algorithm. */
    public static String check(String text) throws VerificationException {
        for (Map.Entry<String, Integer> each : LENGTHS.entrySet()) {
            String algorithm = each.getKey();
            int colon = algorithm.length();
            if (text.length() > colon && text.charAt(colon) == ':' && text.startsWith(algorithm)) {
                checkHex(text, colon + 1, 2 * each.getValue());
                return algorithm;
            }
        }
        throw bad("it must begin with sha256:, weft-model-v1:, weft-blobs-v1: or git-sha1:");
    }

    private static void checkHex(String text, int from, int digits) throws VerificationException {
        boolean hex = text.length() - from == digits;
        for (int i = from; hex && i < text.length(); i++) {
            hex = isLowerHex(text.charAt(i));
        }
        if (!hex) {
            throw bad(digits + " lower-case hex digits must follow the colon");
        }
    }

    /** The digest of a file. */
    public static ContentDigest sha256(Digest digest) {
        return new ContentDigest(SHA256, digest.toByteString());
    }

    /** A digest that {@link ModelDigest} made. */
    public static ContentDigest model(Digest digest) {
        return new ContentDigest(MODEL, digest.toByteString());
    }

    /** A digest that {@link BlobsDigest} made. */
    public static ContentDigest blobs(Digest digest) {
        return new ContentDigest(BLOBS, digest.toByteString());
    }

    /**
     * Whether equal digests say nothing about a common origin: the empty file and its kin. That a model is all zeros
     * does not show in its digest; see {@link ModelDigest#allZero}.
     */
    public boolean neverStitches() {
        return neverStitches(toString());
    }

    /** As {@link #neverStitches()}, for a digest string that was accepted. */
    public static boolean neverStitches(String digest) {
        return EMPTY.contains(digest);
    }

    @Override
    public String toString() {
        return algorithm + ":" + HEX.formatHex(value.toByteArray());
    }

    private static boolean isLowerHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    private static VerificationException bad(String what) {
        return new VerificationException(Reason.BAD_DIGEST, "This is no digest string: " + what + ".");
    }
}
