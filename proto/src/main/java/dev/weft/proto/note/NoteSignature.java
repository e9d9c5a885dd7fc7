package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;

/**
 * One signature line of a note: {@code — name base64(keyId[4] payload)}.
 *
 * @param name of the key
 * @param keyId four bytes that tell keys of one name apart; no proof of anything
 * @param payload the signature, or for a cosignature eight bytes of time and the signature
 */
public record NoteSignature(String name, int keyId, ByteString payload) {
    /** Checks the name; else an IllegalArgumentException. */
    public NoteSignature {
        if (!NoteText.isKeyName(name)) {
            throw new IllegalArgumentException("Not a key name: " + name);
        }
    }

    /** Reads one line, without its line feed. */
    static NoteSignature parse(String line) throws VerificationException {
        if (!line.startsWith("— ")) {
            throw NoteText.malformed("a signature line begins with a dash and a space");
        }
        int space = line.indexOf(' ', 2);
        String name = space < 0 ? "" : line.substring(2, space);
        if (!NoteText.isKeyName(name)) {
            throw NoteText.malformed("a signature line has no key name");
        }
        ByteString blob = NoteText.base64(line.substring(space + 1));
        if (blob.size() < 5) {
            throw NoteText.malformed("the signature by " + name + " is too short");
        }
        return new NoteSignature(name, blob.asReadOnlyByteBuffer().getInt(), blob.substring(4));
    }

    /** The line, with its line feed. */
    public String line() {
        return "— " + name + " " + NoteText.base64(NoteText.keyId(keyId).concat(payload)) + "\n";
    }
}
