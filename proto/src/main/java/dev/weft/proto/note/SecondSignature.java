package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SignatureKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An ML-DSA-44 line below a checkpoint, C2SP tlog-cosignature type 6: eight bytes of time and the signature over {@code
 * "subtree/v1" LF 0x00 u8(len name) name u64(time) u8(len origin) origin u64(0) u64(size) root}, integers big-endian. Unlike
 * {@link Cosignature} it names who signs. A log signs its own checkpoints so at time 0, which claims nothing about time and
 * gives the same bytes again after a crash.
 */
final class SecondSignature {
    private static final byte[] LABEL = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);
    private static final int TIME = 8;
    private static final int LONGEST_NAME = 255;

    private SecondSignature() {}

    /** The log's own line, under its origin. */
    static NoteSignature sign(Checkpoint checkpoint, MlDsaSigningKey key) {
        String name = checkpoint.origin();
        ByteString payload = ByteString.copyFrom(new byte[TIME]).concat(key.sign(message(checkpoint, name, 0)));
        return new NoteSignature(name, NoteVerifier.keyId(name, NoteVerifier.ML_DSA_44, key.verifyingKey()), payload);
    }

    /** Fails unless the line is the key's over the checkpoint, at the time that the line says. */
    static void verify(Checkpoint checkpoint, NoteSignature line, SignatureKey key) throws VerificationException {
        boolean sized = line.payload().size() == TIME + MlDsaKey.SIGNATURE_SIZE
                && utf8(line.name()).length <= LONGEST_NAME
                && utf8(checkpoint.origin()).length <= LONGEST_NAME;
        long time = sized ? line.payload().asReadOnlyByteBuffer().getLong() : -1;
        if (time < 0) {
            throw new VerificationException(
                    Reason.MALFORMED,
                    "The line by " + line.name()
                            + " is no ML-DSA-44 cosignature of 2,428 bytes under a name of at most " + LONGEST_NAME
                            + ".");
        }
        key.verify(message(checkpoint, line.name(), time), line.payload().substring(TIME));
    }

    private static byte[] message(Checkpoint checkpoint, String name, long time) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(LABEL);
        sized(message, name);
        message.writeBytes(u64(time));
        sized(message, checkpoint.origin());
        message.writeBytes(u64(0));
        message.writeBytes(u64(checkpoint.head().size()));
        message.writeBytes(checkpoint.head().root().toByteArray());
        return message.toByteArray();
    }

    private static void sized(ByteArrayOutputStream message, String text) {
        byte[] bytes = utf8(text);
        message.write(bytes.length); // genesis allows no origin that is longer than a byte counts
        message.writeBytes(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] u64(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
