package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A witness's word, C2SP tlog-cosignature type 4: "at this time, this was the largest consistent tree of this origin that I
 * had seen". Ed25519 over {@code cosignature/v1 LF time <seconds> LF} and the checkpoint's text. The message does not name
 * the witness: one key per witness.
 *
 * @param line as it stands below a checkpoint
 */
public record Cosignature(NoteSignature line) {
    private static final int TIME = 8;

    /** 31 December 9999: not every calendar goes on, and 63 bits would. */
    private static final long LAST_TIME = 253_402_300_799L;

    /** The witness's line over a checkpoint. Check consistency with the last one, and persist, before this. */
    public static Cosignature sign(Checkpoint checkpoint, String witness, SigningKey key, Instant time) {
        long seconds = time.getEpochSecond();
        ByteString payload = ByteString.copyFrom(
                        ByteBuffer.allocate(TIME).putLong(seconds).flip())
                .concat(key.sign(message(checkpoint.text(), seconds)));
        int keyId = NoteVerifier.keyId(witness, NoteVerifier.COSIGNATURE, key.verifyingKey());
        return new Cosignature(new NoteSignature(witness, keyId, payload));
    }

    /** Takes a line for a cosignature; its form is checked, its signature is not. */
    public static Cosignature of(NoteSignature line) throws VerificationException {
        if (line.payload().size() != TIME + 64 || seconds(line) < 0) {
            throw new VerificationException(
                    Reason.MALFORMED, "The line by " + line.name() + " is no Ed25519 cosignature of 72 bytes.");
        }
        return new Cosignature(line);
    }

    /** Reads lines that each end with a line feed, as a witness answers them. */
    public static List<Cosignature> parse(ByteString lines) throws VerificationException {
        String text = NoteText.utf8(lines);
        if (lines.size() > Note.MAX_BYTES || !text.endsWith("\n")) {
            throw NoteText.malformed("cosignature lines each end with a line feed, 64 KiB in all at most");
        }
        List<Cosignature> cosignatures = new ArrayList<>();
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            cosignatures.add(of(NoteSignature.parse(line)));
        }
        return cosignatures;
    }

    /** When the witness says it looked, in the year 9999 at most; a claim of the witness. */
    public Instant time() {
        return Instant.ofEpochSecond(Math.min(seconds(line), LAST_TIME));
    }

    /** Fails unless this is the witness's cosignature of that checkpoint text. */
    public void verify(String text, NoteVerifier witness) throws VerificationException {
        if (!witness.claims(line)) {
            throw new VerificationException(
                    Reason.UNKNOWN_KEY,
                    "The cosignature by " + line.name() + " is not of the key " + witness.name() + ".");
        }
        witness.key().verify(message(text, seconds(line)), line.payload().substring(TIME));
    }

    private static long seconds(NoteSignature line) {
        return line.payload().asReadOnlyByteBuffer().getLong();
    }

    private static byte[] message(String text, long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }
}
