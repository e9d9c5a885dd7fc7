package dev.weft.proto.note;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The lexical rules that notes, keys and checkpoints share; everything has exactly one spelling. */
final class NoteText {
    private NoteText() {}

    /** Not empty, no Unicode space, no plus, nothing below space. */
    static boolean isKeyName(String name) {
        return !name.isEmpty() && name.codePoints().noneMatch(c -> c == '+' || c < 0x20 || isSpace(c));
    }

    private static boolean isSpace(int c) {
        return Character.isSpaceChar(c) || Character.isWhitespace(c) || c == 0x85;
    }

    static String utf8(ByteString bytes) throws VerificationException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.asReadOnlyByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new VerificationException(Reason.MALFORMED, "The note is no UTF-8; send its bytes as signed.", e);
        }
        if (text.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw malformed("it holds a control character");
        }
        return text;
    }

    /** Standard base64, padded, no stray bits. */
    static ByteString base64(String text) throws VerificationException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new VerificationException(Reason.MALFORMED, "The note has bad base64; send its bytes as signed.", e);
        }
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw malformed("its base64 is not padded or has stray bits");
        }
        return ByteString.copyFrom(bytes);
    }

    static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static ByteString keyId(int keyId) {
        return ByteString.copyFrom(ByteBuffer.allocate(4).putInt(keyId).flip());
    }

    /** A decimal without sign and leading zeros, below 2^63. */
    static long decimal(String text) throws VerificationException {
        boolean digits = !text.isEmpty() && text.length() <= 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || (text.length() > 1 && text.charAt(0) == '0')) {
            throw malformed("it has no proper decimal where one must be");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new VerificationException(Reason.MALFORMED, "A number of the note is above 2^63; refuse it.", e);
        }
    }

    static VerificationException malformed(String what) {
        return new VerificationException(Reason.MALFORMED, "The note is malformed: " + what + ".");
    }
}
