package dev.weft.node.upkeep;

/**
 * What one look found.
 *
 * @param advice what to do; empty where nothing has to be done
 */
public record Finding(String check, Level level, String detail, String advice) {
    /** How bad it is. */
    public enum Level {
        OK,
        WARNING,
        BROKEN
    }

    static Finding ok(String check, String detail) {
        return new Finding(check, Level.OK, detail, "");
    }

    static Finding warning(String check, String detail, String advice) {
        return new Finding(check, Level.WARNING, detail, advice);
    }

    static Finding broken(String check, String detail, String advice) {
        return new Finding(check, Level.BROKEN, detail, advice);
    }
}
