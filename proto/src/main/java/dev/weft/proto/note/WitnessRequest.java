package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of add-checkpoint, C2SP tlog-witness v1.0.0: {@code old <size>}, the consistency proof in base64, an empty line,
 * and the signed checkpoint.
 *
 * @param oldSize of the checkpoint that the witness is thought to have cosigned last
 * @param proof RFC 6962 2.1.2, 32 bytes each
 * @param note with the log's signature
 */
public record WitnessRequest(long oldSize, List<ByteString> proof, ByteString note) {
    /** Hashes in a proof at most. */
    public static final int MAX_PROOF = 63;
    /** Bytes of a body at most. */
    public static final int MAX_BYTES = 2 * Note.MAX_BYTES;

    private static final String OLD = "old ";

    public WitnessRequest {
        proof = List.copyOf(proof);
    }

    /** Reads a body; what the note says is not judged. */
    public static WitnessRequest parse(ByteString body) throws VerificationException {
        if (body.size() > MAX_BYTES) {
            throw new VerificationException(Reason.TOO_LARGE, "The body is larger than " + MAX_BYTES + " bytes.");
        }
        String text = NoteText.utf8(body);
        int empty = text.indexOf("\n\n");
        if (empty < 0) {
            throw NoteText.malformed("'old', proof lines, an empty line and a checkpoint are needed");
        }
        String[] lines = text.substring(0, empty).split("\n", -1);
        if (!lines[0].startsWith(OLD) || lines.length > MAX_PROOF + 1) {
            throw NoteText.malformed("it begins with 'old' and has at most " + MAX_PROOF + " proof lines");
        }
        List<ByteString> proof = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            ByteString hash = NoteText.base64(lines[i]);
            if (hash.size() != 32) {
                throw NoteText.malformed("a proof line holds 32 bytes");
            }
            proof.add(hash);
        }
        return new WitnessRequest(
                NoteText.decimal(lines[0].substring(OLD.length())),
                proof,
                ByteString.copyFromUtf8(text.substring(empty + 2)));
    }

    /** The body. */
    public ByteString encode() {
        StringBuilder head = new StringBuilder(OLD).append(oldSize).append('\n');
        proof.forEach(hash -> head.append(NoteText.base64(hash)).append('\n'));
        return ByteString.copyFromUtf8(head.append('\n').toString()).concat(note);
    }
}
