package dev.weft.node.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What looks like a secret in a command, in a parameter, in a setting, and is masked before anything is recorded. A name
 * decides, or the form of an address; so a secret that is called by another name is not found.
 */
public final class Secrets {
    /** What stands in the place of a secret. */
    public static final String MASK = "***";

    private static final Pattern NAME =
            Pattern.compile("password|passwd|passphrase|secret|token|credential|(api|private|access)[-_. ]?key");
    /** Words of language models that hold "token" and are none: tokenizer, max_new_tokens. */
    private static final Pattern HARMLESS = Pattern.compile("tokeni[sz]|(max|min|num|n)([-_][a-z]+)*[-_]tokens?");

    private static final Pattern ADDRESS = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://[^/@:\\s'\"]*):[^/@\\s'\"]+@");
    private static final String BETWEEN_WORDS = ";|&<>()";

    private Secrets() {}

    /** Whether what has this name is one. */
    public static boolean named(String name) {
        String plain = HARMLESS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
        return NAME.matcher(plain).find();
    }

    /** A value as it may be kept: masked where its name says so, else as a {@link #line}. */
    public static String masked(String name, String value) {
        return value.isEmpty() || !named(name) ? line(value) : MASK;
    }

    /** A text without the passwords of the addresses in it. */
    public static String masked(String text) {
        return text.contains("@") ? ADDRESS.matcher(text).replaceAll("$1:" + MASK + "@") : text;
    }

    /** The words of a command: {@code --password x}, {@code --password=x} and {@code API_KEY=x} lose their x. */
    static List<String> words(List<String> words) {
        List<String> shown = new ArrayList<>();
        boolean mask = false;
        for (String word : words) {
            int equals = word.indexOf('=');
            boolean option = word.startsWith("-");
            if (mask && !option) {
                shown.add(MASK);
                mask = false;
            } else if ((option || equals > 0) && named(equals < 0 ? word : word.substring(0, equals))) {
                shown.add(equals < 0 ? word : word.substring(0, equals + 1) + MASK);
                mask = equals < 0;
            } else {
                shown.add(masked(word));
                mask = false;
            }
        }
        return shown;
    }

    /** A line that a shell is given, as it is written but for the secrets among its words. */
    public static String line(String line) {
        if (line.indexOf('=') < 0 && line.indexOf('-') < 0 && line.indexOf('@') < 0) {
            return line; // no option, no setting, no address
        }
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
        List<String> shown = words(words);
        StringBuilder kept = new StringBuilder();
        int from = 0;
        for (int n = 0; n < words.size(); n++) {
            kept.append(line, from, starts.get(n)).append(shown.get(n));
            from = starts.get(n) + words.get(n).length();
        }
        return kept.append(line, from, line.length()).toString();
    }

    /** Where the word that begins there ends, as a shell parts words: it may hold quoted pieces and escaped characters. */
    private static int wordEnd(String line, int start) {
        int at = start;
        char quote = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '\\' && quote != '\'') {
                at++;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (Character.isWhitespace(c) || BETWEEN_WORDS.indexOf(c) >= 0) {
                return at;
            }
            at++;
        }
        return line.length();
    }
}
