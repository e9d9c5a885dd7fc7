package dev.weft.proto.digest;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;

/**
 * SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), by the JDK's own implementation: it runs on the CPU's instructions,
 * and no installed provider can put itself in its place. The one place that makes a MessageDigest.
 */
public final class Hashing {
    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Hashing::newSha256);
    private static final int BLOCK = 64;
    private static final int CHUNK = 1 << 16;

    private Hashing() {}

    /** A fresh SHA-256 for input that comes piece by piece. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256", "SUN");
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw new IllegalStateException("This Java runtime has no SHA-256", e);
        }
    }

    /** MD5 (RFC 1321): to find out whether content is what another tool calls by it, never to vouch for anything. */
    public static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no MD5", e);
        }
    }

    /** The digest that {@code hash} comes to; {@code hash} is reset. */
    public static Digest finish(MessageDigest hash) {
        return Digest.wrap(hash.digest());
    }

    /** SHA-256 over the parts, one after the other. */
    public static Digest sha256(byte[]... parts) {
        MessageDigest hash = SHA256.get();
        for (byte[] part : parts) {
            hash.update(part);
        }
        return finish(hash);
    }

    /** SHA-256 over the bytes. */
    public static Digest sha256(ByteString bytes) {
        MessageDigest hash = SHA256.get();
        update(hash, bytes);
        return finish(hash);
    }

    /** SHA-256 over what the stream still holds; reads to the end, does not close. */
    public static Digest sha256(InputStream in) throws IOException {
        // Its own: a stream may hash something itself while it is read.
        MessageDigest hash = newSha256();
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            hash.update(chunk, 0, n);
        }
        return finish(hash);
    }

    /** SHA-256 over one tag byte and the bytes: an RFC 6962 leaf where the tag is 0. */
    public static Digest sha256(byte tag, ByteString bytes) {
        MessageDigest hash = SHA256.get();
        hash.update(tag);
        update(hash, bytes);
        return finish(hash);
    }

    /** SHA-256 over one tag byte and the bytes. */
    public static Digest sha256(byte tag, byte[] bytes) {
        MessageDigest hash = SHA256.get();
        hash.update(tag);
        hash.update(bytes);
        return finish(hash);
    }

    /** SHA-256 over one tag byte and two digests: an RFC 6962 inner node where the tag is 1. */
    public static Digest sha256(byte tag, Digest left, Digest right) {
        MessageDigest hash = SHA256.get();
        hash.update(tag);
        left.update(hash);
        right.update(hash);
        return finish(hash);
    }

    /** As {@link #sha256(byte, byte[])} over a part of {@code nodes}, the result written into it at {@code target}. */
    public static void sha256InPlace(byte tag, byte[] nodes, int offset, int length, int target) {
        MessageDigest hash = SHA256.get();
        hash.update(tag);
        hash.update(nodes, offset, length);
        try {
            hash.digest(nodes, target, Digest.SIZE);
        } catch (DigestException e) {
            throw new IllegalArgumentException("No room for a digest at " + target, e);
        }
    }

    /** HMAC-SHA-256 over the parts, one after the other. */
    public static Digest hmacSha256(byte[] key, byte[]... parts) {
        byte[] pad = new byte[BLOCK];
        byte[] used = key.length > BLOCK ? sha256(key).toByteArray() : key;
        System.arraycopy(used, 0, pad, 0, used.length);
        MessageDigest hash = SHA256.get();
        hash.update(mask(pad, 0x36));
        for (byte[] part : parts) {
            hash.update(part);
        }
        byte[] inner = hash.digest();
        // From the inner mask to the outer one.
        hash.update(mask(pad, 0x36 ^ 0x5c));
        hash.update(inner);
        return finish(hash);
    }

    private static byte[] mask(byte[] pad, int value) {
        for (int i = 0; i < pad.length; i++) {
            pad[i] ^= (byte) value;
        }
        return pad;
    }

    private static void update(MessageDigest hash, ByteString bytes) {
        for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
            hash.update(part);
        }
    }
}
