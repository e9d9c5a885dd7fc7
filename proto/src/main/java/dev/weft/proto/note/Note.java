package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A C2SP signed note, parsed but not verified: text, an empty line, signature lines. Nothing may rely on the text before
 * {@link NoteVerifier#open} has verified it.
 *
 * @param text ends with a line feed
 * @param signatures at least one, in their order, equal ones once
 */
public record Note(String text, List<NoteSignature> signatures) {
    /** Bytes of a note at most; sixteen ML-DSA-44 cosignatures fit. */
    public static final int MAX_BYTES = 1 << 16;
    /** Signature lines at most. */
    public static final int MAX_SIGNATURES = 100;

    /** Checks and copies; text without a final line feed or no signature is an IllegalArgumentException. */
    public Note {
        signatures = List.copyOf(signatures);
        if (!text.endsWith("\n") || signatures.isEmpty()) {
            throw new IllegalArgumentException("A note has text that ends with a line feed, and a signature");
        }
    }

    /** Reads a note: at the last empty line the signatures begin. */
    public static Note parse(ByteString bytes) throws VerificationException {
        if (bytes.size() > MAX_BYTES) {
            throw new VerificationException(
                    Reason.TOO_LARGE, "The note has " + bytes.size() + " bytes; at most " + MAX_BYTES + " are read.");
        }
        String all = NoteText.utf8(bytes);
        int split = all.lastIndexOf("\n\n");
        if (split < 0 || !all.endsWith("\n") || split + 2 == all.length()) {
            throw NoteText.malformed("text, an empty line and signature lines are needed, each ended by a line feed");
        }
        String[] lines = all.substring(split + 2, all.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "The note has more than " + MAX_SIGNATURES + " signatures.");
        }
        Set<NoteSignature> signatures = new LinkedHashSet<>();
        for (String line : lines) {
            signatures.add(NoteSignature.parse(line));
        }
        return new Note(all.substring(0, split + 1), new ArrayList<>(signatures));
    }

    /** The bytes of the note. */
    public ByteString encode() {
        StringBuilder all = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> all.append(signature.line()));
        return ByteString.copyFromUtf8(all.toString());
    }

    /** The same text with more signature lines behind. */
    public Note with(List<NoteSignature> more) {
        Set<NoteSignature> all = new LinkedHashSet<>(signatures);
        all.addAll(more);
        return new Note(text, new ArrayList<>(all));
    }
}
