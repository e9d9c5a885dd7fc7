package dev.weft.node.observe;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The words that start a command, and what can be read off them. What looks like a secret is never kept. */
public record CommandLine(List<String> words) {
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    public CommandLine {
        words = List.copyOf(words);
    }

    /** As a shell would take it, secrets masked. */
    public String text() {
        return Secrets.words(words).stream().map(CommandLine::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word.replace(Secrets.MASK, "")).matches() || word.equals(Secrets.MASK)
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Long options with a value: {@code --epochs 3} and {@code --epochs=3} are a parameter {@code epochs}. */
    public JsonObject parameters() {
        JsonObject parameters = new JsonObject();
        for (int n = 1; n < words.size(); n++) {
            String word = words.get(n);
            if (!word.startsWith("--") || word.length() < 3) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
            boolean value = n + 1 < words.size() && !words.get(n + 1).startsWith("--");
            if (!name.isEmpty()) {
                parameters.add(
                        name,
                        equals >= 0
                                ? scalar(name, word.substring(equals + 1))
                                : value ? scalar(name, words.get(n + 1)) : new JsonPrimitive(true));
            }
        }
        return parameters;
    }

    /** A number or a truth value where the text is written as one, else the text; of a secret, its mask. */
    public static JsonPrimitive scalar(String name, String told) {
        String text = Secrets.masked(name, told);
        if (text.equals("true") || text.equals("false")) {
            return new JsonPrimitive(Boolean.valueOf(text));
        }
        return NUMBER.matcher(text).matches() ? new JsonPrimitive(new BigDecimal(text)) : new JsonPrimitive(text);
    }
}
