package dev.weft.proto.identity;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;

/**
 * The name of an author: a member of the federation, or one of the two authors that are no members, {@link #ROOT} and
 * {@link #AGGREGATOR}. Unique in a federation whatever the member's role.
 *
 * @param value 1 to 64 characters of {@code a-z 0-9 . _ -}, first and last a letter or a digit
 */
public record MemberName(String value) implements Comparable<MemberName> {

    private static final int MAX_LENGTH = 64;

    /** Author of genesis, policy and root's revocations. */
    public static final MemberName ROOT = new MemberName("root");

    /** Author of membership, suspension and evidence. */
    public static final MemberName AGGREGATOR = new MemberName("aggregator");

    /** @throws IllegalArgumentException where the value breaks the name rule */
    public MemberName {
        if (!isName(value)) {
            throw new IllegalArgumentException("not a name: " + abbreviate(value));
        }
    }

    /**
     * Reads a name that somebody else wrote.
     *
     * @throws VerificationException {@link Reason#BAD_NAME} where it breaks the name rule
     */
    public static MemberName parse(String value) throws VerificationException {
        if (!isName(value)) {
            throw new VerificationException(
                    Reason.BAD_NAME,
                    "'" + abbreviate(value) + "' is not a name; use 1 to 64 characters a-z, 0-9, '.', '_' and '-',"
                            + " the first and last a letter or digit.");
        }
        return new MemberName(value);
    }

    /** Whether the value keeps the name rule that members, training lines and versions share. */
    public static boolean isName(String value) {
        // By hand: every statement that comes in has several names.
        int last = value.length() - 1;
        if (last < 0 || last >= MAX_LENGTH || !isAlphanumeric(value.charAt(0)) || !isAlphanumeric(value.charAt(last))) {
            return false;
        }
        for (int i = 1; i < last; i++) {
            char c = value.charAt(i);
            if (!isAlphanumeric(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** Whether this is one of the two authors that no member may be called after. */
    public boolean isReserved() {
        return value.equals(ROOT.value) || value.equals(AGGREGATOR.value);
    }

    @Override
    public int compareTo(MemberName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static String abbreviate(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "...";
    }
}
