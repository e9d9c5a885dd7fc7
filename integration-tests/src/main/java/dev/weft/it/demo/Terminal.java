package dev.weft.it.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The one place that prints. In colour where it is told so. */
public final class Terminal {

    private final PrintStream out;
    private final boolean colour;
    private final long start = System.nanoTime();
    private boolean quiet;

    /**
     * @param out where to
     * @param colour with escape sequences
     */
    public Terminal(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    /** Standard output; colour where the script saw a terminal and nobody said {@code NO_COLOR}. */
    public static Terminal standard() {
        boolean wanted =
                System.getenv("NO_COLOR") == null || System.getenv("NO_COLOR").isEmpty();
        return new Terminal(System.out, wanted && Boolean.getBoolean("weft.demo.terminal"));
    }

    /** Swallows everything. */
    public static Terminal silent() {
        return new Terminal(new PrintStream(PrintStream.nullOutputStream()), false);
    }

    /** Seconds since the beginning. */
    public double seconds() {
        return Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
    }

    /** One line of progress, with the time. */
    public void step(String text) {
        print(paint("2", String.format(Locale.ROOT, "%6.1f s", seconds())) + "  " + text);
    }

    void title(String text) {
        print("");
        print(paint("1;36", text));
    }

    void line(String text) {
        print("  " + text);
    }

    /** A line that says whether something holds. */
    void verdict(boolean holds, String name, String detail) {
        print("  " + (holds ? paint("32", "holds ") : paint("1;31", "FAILS ")) + " " + name
                + paint("2", "  " + detail));
    }

    /** Columns as wide as their widest cell; the first row is the heading. */
    void table(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                if (c == widths.size()) {
                    widths.add(0);
                }
                widths.set(c, Math.max(widths.get(c), row.get(c).length()));
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < rows.get(r).size(); c++) {
                String cell = rows.get(r).get(c);
                text.append(cell).append(" ".repeat(widths.get(c) - cell.length() + 2));
            }
            line(
                    r == 0
                            ? paint("1", text.toString().stripTrailing())
                            : text.toString().stripTrailing());
        }
    }

    /** A digest string, short enough for people. */
    static String brief(String digest) {
        int colon = digest.indexOf(':');
        String hex = digest.substring(colon + 1);
        return hex.substring(0, Math.min(12, hex.length()));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** From now on nothing more is printed but what {@link #last} says: the story was cut short. */
    synchronized void hush() {
        quiet = true;
    }

    /** The last word after {@link #hush}. */
    synchronized void last(String text) {
        out.println(paint("2", String.format(Locale.ROOT, "%6.1f s", seconds())) + "  " + text);
        out.flush();
    }

    private synchronized void print(String text) {
        if (!quiet) {
            out.println(text);
            out.flush();
        }
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
