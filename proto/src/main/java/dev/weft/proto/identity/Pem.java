package dev.weft.proto.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Textual encoding of keys and certificates (RFC 7468), strict: only blocks of the label that is asked for. */
final class Pem {

    private Pem() {}

    static String write(String label, byte[] der) {
        Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));
        return "-----BEGIN " + label + "-----\n" + encoder.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** The one block of the text. */
    static byte[] read(String text, String label, Reason reason) throws VerificationException {
        List<byte[]> blocks = readAll(text, label, reason);
        if (blocks.size() != 1) {
            throw new VerificationException(
                    reason, "Expected one PEM block '" + label + "', found " + blocks.size() + ".");
        }
        return blocks.get(0);
    }

    /** Every block of the text, in order. */
    static List<byte[]> readAll(String text, String label, Reason reason) throws VerificationException {
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        List<byte[]> blocks = new ArrayList<>();
        String rest = text.strip();
        while (!rest.isEmpty()) {
            int close = rest.indexOf(end);
            if (!rest.startsWith(begin) || close < 0) {
                throw new VerificationException(
                        reason, "The text is not PEM of '" + label + "'; export it in that form.");
            }
            blocks.add(decode(rest.substring(begin.length(), close), reason));
            rest = rest.substring(close + end.length()).strip();
        }
        return blocks;
    }

    private static byte[] decode(String base64, Reason reason) throws VerificationException {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new VerificationException(reason, "The PEM text is damaged; take the file from its origin again.");
        }
    }
}
