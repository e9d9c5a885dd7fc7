package dev.weft.node.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Standard input and output: the one place that knows them. What a terminal would obey, in a name that somebody else
 * chose, is written out by its number in Unicode; so is a line's end, but where lines are meant.
 */
final class Console {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private final PrintWriter out;
    private final PrintWriter err;
    private final InputStream in;

    Console(PrintWriter out, PrintWriter err, InputStream in) {
        this.out = out;
        this.err = err;
        this.in = in;
    }

    /** The process's own, in UTF-8. */
    static Console system() {
        return new Console(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.in);
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    InputStream in() {
        return in;
    }

    /** One line, or several. */
    void line(String text) {
        out.println(shown(text, "\n\t"));
        out.flush();
    }

    void error(String text) {
        err.println(shown(text, ""));
        err.flush();
    }

    void json(JsonElement element) {
        line(GSON.toJson(element));
    }

    /** Columns as wide as their widest cell, two spaces between them, no lines. */
    void table(List<String> head, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(head);
        rows.forEach(row -> all.add(row.stream().map(Console::cell).toList()));
        int[] widths = new int[head.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            line(line.toString().stripTrailing());
        }
    }

    /** Names and values below each other. */
    void facts(List<List<String>> facts) {
        List<List<String>> cells = facts.stream()
                .map(fact -> fact.stream().map(Console::cell).toList())
                .toList();
        int width = cells.stream().mapToInt(fact -> fact.get(0).length()).max().orElse(0);
        cells.forEach(fact -> line(fact.get(0) + " ".repeat(width - fact.get(0).length() + 2) + fact.get(1)));
    }

    private static String cell(String text) {
        return shown(text, "");
    }

    private static String shown(String text, String allowed) {
        if (text.chars().noneMatch(Console::isObeyed)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isObeyed(c) && allowed.indexOf(c) < 0) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }

    /** Controls, and what turns the direction of writing around so that a name reads as another (Unicode UAX 9, 2). */
    private static boolean isObeyed(int c) {
        return Character.isISOControl(c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }
}
