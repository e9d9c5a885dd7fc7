package dev.weft.it.story;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Policy files that name the right log and are, each in one way, unlike what a program writes; with whether they can be used. */
final class OddPolicies {
    private final Map<String, Odd> all = new LinkedHashMap<>();
    private final String good;

    /** A file, and whether it is a policy. */
    record Odd(ByteString file, boolean usable) {}

    private OddPolicies(String good) {
        this.good = good;
    }

    /** Around a policy whose last line is its quorum. */
    static Map<String, Odd> around(String good) {
        OddPolicies odd = new OddPolicies(good);
        odd.sizes();
        odd.characters();
        odd.lines();
        return odd.all;
    }

    private void sizes() {
        int room = (1 << 16) - good.length();
        put("as-it-was", good, true);
        put("64-KiB", "#".repeat(room - 1) + "\n" + good, true);
        put("one-byte-more", "#".repeat(room) + "\n" + good, false);
        put("64-KiB-of-two-bytes-each", "#" + "\u00e4".repeat((room - 2) / 2) + "\n" + good, true);
        put("one-character-more", "#" + "\u00e4".repeat(room / 2) + "\n" + good, false);
        put("5000-lines", "# a line\n".repeat(5_000) + good, true);
        put("30000-empty-lines", "\n".repeat(30_000) + good, true);
        put("nothing", "", false);
        put("only-a-comment", "# nobody\n", false);
        put("groups-in-groups", nested(1_500), true);
    }

    /** Groups of one member each: what judges them must not run out of room. */
    private String nested(int depth) {
        StringBuilder file = new StringBuilder(good.replaceFirst("quorum w\n", "group g0 any w\n"));
        for (int i = 1; i <= depth; i++) {
            file.append("group g").append(i).append(" all g").append(i - 1).append('\n');
        }
        return file.append("quorum g").append(depth).append('\n').toString();
    }

    private void characters() {
        put("tabs", good.replace(' ', '\t'), true);
        put("spaces-all-over", good.replace(" ", " \t  ").replace("\n", "  \n\t"), true);
        put("no-last-line-feed", good.strip(), true);
        put("comment-behind-a-space", " \t# of whom\n" + good, true);
        put("umlaut-in-a-comment", "# K\u00f6ln\u2028\u00a0\n" + good, true);
        put("crlf", good.replace("\n", "\r\n"), false);
        put("cr", good.replace("\n", "\r"), false);
        put("cr-in-a-comment", "# a\rb\n" + good, false);
        put("form-feed", good.replaceFirst("\n", "\f\n"), false);
        put("vertical-tab", good.replace(' ', '\u000b'), false);
        put("zero", good + "\0", false);
        put("delete", "# \u007f\n" + good, false);
        put("unit-separator", good.replace(' ', '\u001f'), false);
        put("no-break-space", good.replace(' ', '\u00a0'), false);
        put("em-space", good.replaceFirst("quorum ", "quorum\u2003"), false);
        put("line-separator", good.replace('\n', '\u2028'), false);
        put("next-line", good.replace('\n', '\u0085'), false);
        put("byte-order-mark", "\ufeff" + good, false);
        put("byte-order-mark-and-comment", "\ufeff# x\n" + good, false);
        byte[] latin = ("# K\u00f6ln\n" + good).getBytes(StandardCharsets.ISO_8859_1);
        all.put("latin-1", new Odd(ByteString.copyFrom(latin), false));
        byte[] wide = good.getBytes(StandardCharsets.UTF_16LE);
        all.put("utf-16", new Odd(ByteString.copyFrom(wide), false));
    }

    private void lines() {
        put("upper-case", good.replace("quorum", "Quorum"), false);
        put("comment-behind-a-line", good.strip() + " # why\n", false);
        put("two-quorums", good + "quorum none\n", false);
        put("nobody-asked", good.replaceFirst("quorum .*", "quorum none"), true);
        put("unknown-quorum", good.replaceFirst("quorum .*", "quorum x"), false);
        put("log-twice", good.substring(0, good.indexOf('\n') + 1) + good, false);
        put("address", good.replaceFirst("\n", " https://log.example/\n"), true);
        put("two-addresses", good.replaceFirst("\n", " https://log.example/ x\n"), false);
        put("witness-called-none", good.replace("witness w ", "witness none "), false);
        put("group-of-nobody", good.replaceFirst("quorum w", "group g any\nquorum g"), false);
        put("group-of-too-few", good.replaceFirst("quorum w", "group g 2 w\nquorum g"), false);
        put("group-of-01", good.replaceFirst("quorum w", "group g 01 w\nquorum g"), false);
        put("group-of-arabic-one", good.replaceFirst("quorum w", "group g \u0661 w\nquorum g"), false);
        put("group-of-itself", good.replaceFirst("quorum w", "group g any g\nquorum g"), false);
    }

    private void put(String name, String file, boolean usable) {
        all.put(name, new Odd(ByteString.copyFromUtf8(file), usable));
    }
}
