package dev.weft.node.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What looks like a secret in a command, in a parameter, in a setting, and is masked before anything is recorded. A name
 * decides, or the form of an address; so a secret that is called by another name is not found. What is masked already
 * stays as it is.
 */
public final class Secrets {
    /** What stands in the place of a secret. */
    public static final String MASK = "***";

    private static final Pattern NAME = Pattern.compile(
            "password|passwd|passphrase|secret|token|credential|authorization$|(api|private|access)[-_. ]?key");
    /** Words of language models that hold "token" and are none: tokenizer, max_new_tokens. */
    private static final Pattern HARMLESS = Pattern.compile("tokeni[sz]|(max|min|num|n)([-_][a-z]+)*[-_]tokens?");

    private static final Pattern ADDRESS = Pattern.compile("(://[^/@:\\s'\"]*):[^/\\s'\"]+@");
    /** {@code Authorization: Bearer }, {@code "password": }: up to the value, which a second colon or a path is not. */
    private static final Pattern PAIR = Pattern.compile(
            "(?<![\\w/@:.-])(\\\\{0,3}[\"']|)([\\w.-]++)\\1\\s*+:(?![/:])\\s*+"
                    + "(?:(?:bearer|basic|digest|negotiate|token)\\s++)?+",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern VALUE = Pattern.compile(
            "(\\\\{1,3}[\"']).*?(?:\\1|$)"
                    + "|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"?+|'[^']*+'?+|[^\\s,;{}\\[\\]\"'\\\\]++",
            Pattern.DOTALL);
    private static final Pattern QUOTE = Pattern.compile("\\\\*[\"']|");

    private Secrets() {}

    /** Whether what has this name is one. */
    public static boolean named(String name) {
        return mayHold(name)
                && NAME.matcher(HARMLESS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll(""))
                        .find();
    }

    /** A value as it may be kept: masked where its name says so, else as a {@link #line}. */
    public static String masked(String name, String value) {
        return value.isEmpty() || !named(name) ? line(value) : MASK;
    }

    /** A text without the passwords of the addresses in it: all that a name may lose, which says what is meant. */
    public static String masked(String text) {
        return text.indexOf('@') >= 0 ? ADDRESS.matcher(text).replaceAll("$1:" + MASK + "@") : text;
    }

    /**
     * The words of a command: {@code --password x}, {@code --password=x} and {@code API_KEY=x} lose their x. A word that
     * is a line of its own, as {@code sh -c} takes one, is masked as such.
     */
    public static List<String> words(List<String> words) {
        return words(words, Secrets::line);
    }

    /** A line that a shell is given, a header, a setting as JSON: as it is written but for the secrets in it. */
    public static String line(String line) {
        return mayHold(line)
                ? ShellLine.words(
                        pairs(masked(line)), words -> words(words, word -> ShellLine.quoted(word, Secrets::line)))
                : line;
    }

    private static List<String> words(List<String> words, UnaryOperator<String> plain) {
        List<String> shown = new ArrayList<>(words.size());
        boolean mask = false;
        for (String word : words) {
            int setting = settingEnd(word);
            if (mask && !word.startsWith("-")) {
                shown.add(MASK);
            } else {
                shown.add(setting > 0 ? word.substring(0, setting) + MASK : plain.apply(word));
            }
            mask = word.startsWith("-") && isOneName(word) && named(word);
        }
        return shown;
    }

    /** Behind the first {@code =} that a secret follows, as in {@code API_KEY=x} and {@code --env=API_KEY=x}; or 0. */
    private static int settingEnd(String word) {
        int from = 0;
        for (int equals = word.indexOf('='); equals >= 0; equals = word.indexOf('=', from)) {
            String name = word.substring(from, equals);
            if (!isOneName(name)) {
                return 0;
            }
            from = equals + 1;
            if (named(name)) {
                return from;
            }
        }
        return 0;
    }

    private static boolean isOneName(String text) {
        return text.chars().noneMatch(c -> Character.isWhitespace(c) || "\"'=".indexOf(c) >= 0);
    }

    /** {@code name: value}, with or without quotes. */
    private static String pairs(String text) {
        if (text.indexOf(':') < 0) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        Matcher pair = PAIR.matcher(text);
        Matcher value = VALUE.matcher(text);
        int from = 0;
        for (int at = 0; pair.find(at); at = Math.max(pair.end(), from)) {
            if (named(pair.group(2)) && value.region(pair.end(), text.length()).lookingAt()) {
                Matcher quote = QUOTE.matcher(value.group());
                String mark = quote.lookingAt() ? quote.group() : "";
                kept.append(text, from, pair.end()).append(mark).append(MASK).append(mark);
                from = value.end();
            }
        }
        return kept.append(text, from, text.length()).toString();
    }

    /** A quick no for most texts: every name of a secret holds one of these, and every password of an address an at sign. */
    private static boolean mayHold(String text) {
        for (int at = 0; at < text.length(); at++) {
            String stem = switch (text.charAt(at)) {
                case '@' -> "@";
                case 'p', 'P' -> "pass";
                case 's', 'S' -> "secret";
                case 't', 'T' -> "token";
                case 'c', 'C' -> "credential";
                case 'k', 'K' -> "key";
                case 'a', 'A' -> "authorization";
                default -> "";
            };
            if (!stem.isEmpty() && holds(text, at, stem)) {
                return true;
            }
        }
        return false;
    }

    /** Every text of every event is looked through: the second letter rules nearly all of them out. */
    private static boolean holds(String text, int at, String stem) {
        return stem.length() == 1
                || (at + stem.length() <= text.length()
                        && Character.toLowerCase(text.charAt(at + 1)) == stem.charAt(1)
                        && text.regionMatches(true, at, stem, 0, stem.length()));
    }
}
