package dev.weft.node.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A line as a shell parts it into words, which may hold quoted pieces and escaped characters. Any text is one. */
final class ShellLine {
    private static final String BETWEEN_WORDS = ";|&<>()";

    private ShellLine() {}

    /** The line with other words in the places of its own. */
    static String words(String line, UnaryOperator<List<String>> change) {
        List<String> words = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (int at = 0; at < line.length(); at++) {
            int end = wordEnd(line, at);
            if (end > at) {
                words.add(line.substring(at, end));
                starts.add(at);
                at = end;
            }
        }
        List<String> changed = change.apply(words);
        StringBuilder kept = new StringBuilder();
        int from = 0;
        for (int n = 0; n < words.size(); n++) {
            kept.append(line, from, starts.get(n)).append(changed.get(n));
            from = starts.get(n) + words.get(n).length();
        }
        return kept.append(line, from, line.length()).toString();
    }

    private static int wordEnd(String line, int start) {
        int at = start;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c) || BETWEEN_WORDS.indexOf(c) >= 0) {
                return at;
            }
            at = pieceEnd(line, at);
        }
        return line.length();
    }

    /** Behind the quoted piece that begins there, or behind the one character, with its backslash. */
    private static int pieceEnd(String line, int start) {
        char quote = line.charAt(start);
        if (quote == '\\') {
            return Math.min(start + 2, line.length());
        }
        int at = start + 1;
        if (quote == '\'' || quote == '"') {
            while (at < line.length() && line.charAt(at) != quote) {
                at += line.charAt(at) == '\\' && quote == '"' ? 2 : 1;
            }
            at++;
        }
        return Math.min(at, line.length());
    }

    /** The word with other texts in its quotes; what is escaped between double ones is changed without its backslashes. */
    static String quoted(String word, UnaryOperator<String> change) {
        StringBuilder kept = new StringBuilder();
        int end;
        for (int at = 0; at < word.length(); at = end) {
            char quote = word.charAt(at);
            end = pieceEnd(word, at);
            if (end - at < 2 || (quote != '"' && quote != '\'')) {
                kept.append(word, at, end);
                continue;
            }
            int close = word.charAt(end - 1) == quote ? end - 1 : end;
            String piece = word.substring(at + 1, close);
            String plain = quote == '"' ? piece.replaceAll("\\\\([\"\\\\])", "$1") : piece;
            String changed = change.apply(plain);
            String written = quote == '"' ? changed.replaceAll("[\"\\\\]", "\\\\$0") : changed;
            kept.append(quote).append(changed.equals(plain) ? piece : written).append(word, close, end);
        }
        return kept.toString();
    }
}
