package dev.weft.aggregator.graph;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.graph.VertexRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * 64 bits that stand for a key or for the label of a content in the sorted runs. Two things may have one print; whoever
 * finds a place compares the vertex.
 *
 * <p>A key's is its first 4 bytes, so that it is found by its first digits, and 4 bytes of a hash over all of it: who
 * chooses keys could otherwise have many meet in one print. A label's is a byte for its form and the first 7 bytes of its
 * digits.
 */
final class Print {
    /** Digits of a key's beginning that at least must be known. */
    static final int KEY_DIGITS = 8;

    /** Their places are stored: new ones only at the end. */
    private static final List<String> FORMS = List.of(
            ContentDigest.SHA256 + ":",
            ContentDigest.MODEL + ":",
            ContentDigest.BLOBS + ":",
            ContentDigest.GIT_SHA1 + ":",
            "linkable:");

    private static final int LABEL_DIGITS = 14;
    private static final int FORM_SHIFT = 56;

    /** Prints between two, both included. */
    record Range(long least, long most) {
        boolean holds(Place place) {
            return place.print() >= least && place.print() <= most;
        }
    }

    private Print() {}

    static long key(VertexRef ref) {
        byte[] key = ref.key().toByteArray();
        byte[] hash =
                Hashing.sha256(new byte[] {(byte) ref.kind().getNumber()}, key).toByteArray();
        return ((long) ByteBuffer.wrap(key).getInt() << Integer.SIZE)
                | (ByteBuffer.wrap(hash).getInt() & 0xffff_ffffL);
    }

    /** All keys that begin with these digits, and maybe others. */
    static Range keys(String hex) {
        if (hex.length() < KEY_DIGITS || hex.length() > 2 * Digest.SIZE) {
            throw new IllegalArgumentException("A key is sought by 8 to 64 digits, not by " + hex.length());
        }
        long least = (long) Integer.parseUnsignedInt(hex.substring(0, KEY_DIGITS), 16) << Integer.SIZE;
        return new Range(least, least | 0xffff_ffffL);
    }

    /** Of a digest string or its kin; empty where the label has no such form. */
    static OptionalLong label(String label) {
        for (int i = 0; i < FORMS.size(); i++) {
            if (isOf(label, FORMS.get(i))) {
                return OptionalLong.of(code(i) | digits(label, '0'));
            }
        }
        return OptionalLong.empty();
    }

    /** All labels that begin so, and maybe others. */
    static List<Range> labels(String prefix) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < FORMS.size(); i++) {
            String form = FORMS.get(i);
            if (form.startsWith(prefix)) {
                ranges.add(new Range(code(i), code(i) | ((1L << FORM_SHIFT) - 1)));
            } else if (isOf(prefix, form)) {
                ranges.add(new Range(code(i) | digits(prefix, '0'), code(i) | digits(prefix, 'f')));
            }
        }
        return ranges;
    }

    private static long code(int form) {
        return (form + 1L) << FORM_SHIFT;
    }

    private static boolean isOf(String label, String form) {
        if (!label.startsWith(form)) {
            return false;
        }
        for (int i = form.length(); i < label.length(); i++) {
            char c = label.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long digits(String label, char filler) {
        String digits = label.substring(label.indexOf(':') + 1);
        String known = digits.substring(0, Math.min(digits.length(), LABEL_DIGITS));
        return Long.parseUnsignedLong(known + String.valueOf(filler).repeat(LABEL_DIGITS - known.length()), 16);
    }
}
