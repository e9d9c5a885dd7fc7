package dev.weft.it.search;

/**
 * A value that was found where it must not be.
 *
 * @param origin whose value and which
 * @param form in which it hid
 * @param place where
 * @param offset first byte in that place
 */
public record Finding(String origin, String form, String place, int offset) {

    @Override
    public String toString() {
        return origin + " as " + form + " in " + place + " at byte " + offset;
    }
}
