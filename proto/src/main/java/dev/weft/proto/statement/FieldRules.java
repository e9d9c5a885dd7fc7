package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.time.LocalDate;
import java.util.Collection;

/** The rules that fields of one kind share. Each takes the field's name for the message. */
final class FieldRules {
    /** Length of {@code 2026-11-21T08:00:00.000Z}, and its form: a digit for each 0. */
    private static final String TIME_FORM = "0000-00-00T00:00:00.000Z";

    private FieldRules() {}

    static void present(boolean there, String field) throws VerificationException {
        if (!there) {
            throw missing(field);
        }
    }

    static VerificationException missing(String field) {
        return new VerificationException(Reason.MISSING_FIELD, "'" + field + "' is missing; it must be there.");
    }

    static void value(boolean holds, String field, String rule) throws VerificationException {
        if (!holds) {
            throw bad(field, rule);
        }
    }

    /** For where the field's name or the rule is put together: only a fault is worth that. */
    static VerificationException bad(String field, String rule) {
        return new VerificationException(Reason.BAD_VALUE, "'" + field + "' " + rule + ".");
    }

    static void count(Collection<?> items, int least, int most, String field) throws VerificationException {
        if (items.size() < least || items.size() > most) {
            throw new VerificationException(
                    items.isEmpty() ? Reason.MISSING_FIELD : Reason.LIMIT_EXCEEDED,
                    "'" + field + "' has " + items.size() + " items; " + least + " to " + most + " are possible.");
        }
    }

    static void hash(ByteString bytes, String field) throws VerificationException {
        size(bytes, Digest.SIZE, field);
    }

    static void optionalHash(ByteString bytes, String field) throws VerificationException {
        if (!bytes.isEmpty()) {
            hash(bytes, field);
        }
    }

    static void size(ByteString bytes, int size, String field) throws VerificationException {
        present(!bytes.isEmpty(), field);
        if (bytes.size() != size) {
            throw bad(field, "has " + bytes.size() + " bytes; it must have " + size);
        }
    }

    /** The name rule: members, training lines, versions, reasons. */
    static void name(String name, String field) throws VerificationException {
        present(!name.isEmpty(), field);
        if (!MemberName.isName(name)) {
            throw new VerificationException(
                    Reason.BAD_NAME,
                    "'" + field + "' is '" + MessageJson.shorten(name) + "'; a name is 1 to 64 characters a-z, 0-9,"
                            + " '.', '_' and '-', the first and last a letter or digit.");
        }
    }

    static void optionalName(String name, String field) throws VerificationException {
        if (!name.isEmpty()) {
            name(name, field);
        }
    }

    /** The name of a member: root and aggregator are none. */
    static void member(String name, String field) throws VerificationException {
        name(name, field);
        if (new MemberName(name).isReserved()) {
            throw new VerificationException(Reason.BAD_NAME, "'" + field + "' is '" + name + "', who is no member.");
        }
    }

    static void digest(String digest, String field) throws VerificationException {
        present(!digest.isEmpty(), field);
        String unused = ContentDigest.check(digest);
    }

    /** Of what was sent or what a model is: a commit is neither. */
    static void payloadDigest(String digest, String field) throws VerificationException {
        present(!digest.isEmpty(), field);
        value(
                !ContentDigest.check(digest).equals(ContentDigest.GIT_SHA1),
                field,
                "is a git commit; only code has such a digest");
    }

    /** Text for people. */
    static void text(String text, int most, String field) throws VerificationException {
        if (text.codePointCount(0, text.length()) > most) {
            throw bad(field, "is longer than " + most + " characters");
        }
    }

    /** Whether there is nothing but printable ASCII in it, and no space. */
    static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** RFC 3339 section 5.6, UTC, exactly three digits of a second's fraction. */
    static void time(String time, String field) throws VerificationException {
        present(!time.isEmpty(), field);
        boolean form = time.length() == TIME_FORM.length();
        for (int i = 0; form && i < TIME_FORM.length(); i++) {
            char wanted = TIME_FORM.charAt(i);
            char c = time.charAt(i);
            form = wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
        }
        if (!form || !isCalendarTime(time)) {
            throw new VerificationException(
                    Reason.BAD_TIME,
                    "'" + field + "' is '" + MessageJson.shorten(time) + "'; write UTC as 2026-11-21T08:00:00.000Z.");
        }
    }

    static void head(Head head, String field) throws VerificationException {
        value(head.getSize() > 0, field, "has size 0; leave it out where the tree is empty");
        hash(head.getRoot(), field + ".root");
    }

    static void key(boolean there, PublicKey key, KeyAlgorithm algorithm, String field) throws VerificationException {
        present(there, field);
        if (key.getAlgorithm() != algorithm) {
            throw new VerificationException(
                    Reason.BAD_KEY, "'" + field + "' is " + key.getAlgorithm() + "; it must be " + algorithm + ".");
        }
        int size = key.getKey().size();
        boolean fits = switch (algorithm) {
            case ED25519, X25519 -> size == 32;
            case ML_DSA_44 -> size == 1_312;
            // The DER of an uncompressed point on P-256 (RFC 5480 section 2).
            case ECDSA_P256 -> size == 91;
            case KEY_ALGORITHM_UNSPECIFIED, UNRECOGNIZED -> false;
        };
        if (!fits) {
            throw new VerificationException(
                    Reason.BAD_KEY, "'" + field + "' has " + size + " bytes, which no " + algorithm + " key has.");
        }
    }

    /** An enum that was set to one of its names. */
    static void known(ProtocolMessageEnum value, String field) throws VerificationException {
        present(value.getNumber() != 0, field);
    }

    private static boolean isCalendarTime(String time) {
        int year = number(time, 0, 4);
        int month = number(time, 5, 7);
        int day = number(time, 8, 10);
        boolean date = month >= 1
                && month <= 12
                && day >= 1
                && day <= LocalDate.of(year, month, 1).lengthOfMonth();
        return date && number(time, 11, 13) < 24 && number(time, 14, 16) < 60 && number(time, 17, 19) < 60;
    }

    private static int number(String time, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = 10 * value + time.charAt(i) - '0';
        }
        return value;
    }
}
