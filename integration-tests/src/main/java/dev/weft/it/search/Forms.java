package dev.weft.it.search;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every form in which a value might hide: form name to bytes. Forms that repeat an earlier one's bytes are left out. */
final class Forms {

    private final Map<String, byte[]> forms = new LinkedHashMap<>();

    private Forms() {}

    /** The forms of a value; none where its canonical bytes are fewer than six, or nearly all zero. */
    static Map<String, byte[]> of(RawValue value) {
        Forms forms = new Forms();
        byte[] text = value.text().getBytes(StandardCharsets.UTF_8);
        byte[] canonical = value.canonical();
        if (canonical.length < Patterns.WINDOW || !value.telling()) {
            return forms.forms;
        }
        // Five bytes of text stand by chance in what is printed: they are looked for in every form but the plain one.
        forms.bytes("text", text);
        forms.put("text, URL-escaped", URLEncoder.encode(value.text(), StandardCharsets.UTF_8));
        forms.put(
                "text, URL-escaped",
                URLEncoder.encode(value.text(), StandardCharsets.UTF_8).replace("+", "%20"));
        forms.put("text, JSON-escaped", json(value.text(), true));
        forms.put("text, JSON-escaped", json(value.text(), false));
        forms.digests("text", text);
        forms.bytes("canonical", canonical);
        forms.bytes("canonical without type", Arrays.copyOfRange(canonical, 1, canonical.length));
        forms.digests("canonical", canonical);
        if (value.text().indexOf(':') > 0) {
            forms.digestString(value.text());
        }
        return forms.forms;
    }

    /** A digest string says the same as its hex or its 32 bytes alone. */
    private void digestString(String text) {
        String hex = text.substring(text.indexOf(':') + 1);
        if (hex.length() >= 32 && hex.length() % 2 == 0 && hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            bytes("digest", HexFormat.of().parseHex(hex));
        }
    }

    private void digests(String name, byte[] value) {
        for (String algorithm : new String[] {"SHA-256", "MD5"}) {
            bytes(algorithm + " of " + name, digest(algorithm, value));
        }
    }

    private void bytes(String name, byte[] bytes) {
        put(name, bytes);
        put(name + ", hex", HexFormat.of().formatHex(bytes));
        put(name + ", HEX", HexFormat.of().withUpperCase().formatHex(bytes));
        for (int alignment = 0; alignment < 3; alignment++) {
            put(name + ", base64+" + alignment, base64(Base64.getEncoder(), bytes, alignment));
            put(name + ", base64url+" + alignment, base64(Base64.getUrlEncoder(), bytes, alignment));
        }
    }

    /**
     * What stays the same of the base64 of the bytes when so many others stand before them and any behind: the characters
     * whose six bits all come from the bytes.
     */
    private static String base64(Base64.Encoder encoder, byte[] bytes, int before) {
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String whole = encoder.withoutPadding().encodeToString(shifted);
        return whole.substring((before * 8 + 5) / 6, shifted.length * 8 / 6);
    }

    private static String json(String text, boolean ascii) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> out.append('\\').append((char) c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default ->
                    out.append(c < 0x20 || (ascii && c > 0x7E) ? String.format("\\u%04x", c) : Character.toString(c));
            }
        });
        return out.toString();
    }

    private void put(String name, String ascii) {
        put(name, ascii.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String name, byte[] bytes) {
        if (bytes.length >= Patterns.WINDOW
                && forms.values().stream().noneMatch(known -> Arrays.equals(known, bytes))) {
            forms.putIfAbsent(forms.containsKey(name) ? name + "'" : name, bytes);
        }
    }

    private static byte[] digest(String algorithm, byte[] value) {
        try {
            return MessageDigest.getInstance(algorithm).digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is required of every Java", e);
        }
    }
}
