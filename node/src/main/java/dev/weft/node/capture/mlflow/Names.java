package dev.weft.node.capture.mlflow;

/** Texts of the store where they become names: without control characters, not empty, not endless. */
final class Names {

    private static final int MAX = 120;

    private Names() {}

    static String of(String text) {
        String clean = text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        if (clean.isEmpty()) {
            return "-";
        }
        return clean.length() <= MAX
                ? clean
                : clean.substring(0, clean.offsetByCodePoints(0, MAX / 2)) + "..."
                        + Integer.toHexString(clean.hashCode());
    }
}
