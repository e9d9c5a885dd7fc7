package dev.weft.it.story;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Payloads that an author could sign and that are, each in one way, unlike what others sign; with the reason why they are refused. */
final class OddStatements {
    private static final String HOLDS = "";
    private static final String OTHER = "not-canonical";
    private static final String BROKEN = "malformed";
    private static final String TYPE = "https://example.org/odd/v1";
    private static final String SUBJECT = "[{\"digest\":{\"sha256\":\"aa\"}}]";

    private final Map<String, Odd> all = new LinkedHashMap<>();
    private final String header;

    /** What is signed, and what a verifier has to say of it; the empty reason is that it holds. */
    record Odd(ByteString payload, String reason) {}

    private OddStatements(Header header) {
        this.header = CanonicalJson.printMessage(header).toStringUtf8();
    }

    static Map<String, Odd> under(Header header) {
        OddStatements odd = new OddStatements(header);
        odd.numbers();
        odd.names();
        odd.depths();
        odd.texts();
        odd.types();
        odd.subjects();
        odd.members();
        odd.headers();
        odd.bytes();
        odd.incomplete(header);
        return odd.all;
    }

    /** One that holds. */
    static ByteString plain(Header header) {
        return Objects.requireNonNull(under(header).get("plain")).payload();
    }

    private void numbers() {
        value("plain", "\"y\"", HOLDS);
        value("true", "true", HOLDS);
        value("zero", "0", HOLDS);
        value("negative", "-5", HOLDS);
        value("15-digits", "123456789012345", HOLDS);
        value("16-digits", "1234567890123456", OTHER);
        value("20-digits", "12345678901234567890", OTHER);
        value("900-digits", "9".repeat(900), OTHER);
        value("minus-zero", "-0", OTHER);
        value("fraction", "1.0", OTHER);
        value("exponent", "1e3", OTHER);
        value("huge-exponent", "1E400", OTHER);
        value("leading-zero", "01", BROKEN);
        value("plus", "+1", BROKEN);
        value("no-digits", "1.", BROKEN);
        value("no-number", "NaN", BROKEN);
        value("infinite", "-Infinity", BROKEN);
        value("null", "null", OTHER);
        value("null-in-a-list", "[null]", OTHER);
        value("upper-case", "TRUE", BROKEN);
    }

    private void names() {
        String low = "\"\ue000\":\"a\"";
        String high = "\"\ud83d\ude00\":\"b\"";
        value("order-of-code-points", "{" + low + "," + high + "}", HOLDS);
        value("order-of-utf16", "{" + high + "," + low + "}", OTHER);
        value("prefix-first", "{\"a\":1,\"aa\":1}", HOLDS);
        value("prefix-last", "{\"aa\":1,\"a\":1}", OTHER);
        value("order-of-case", "{\"B\":1,\"a\":1}", HOLDS);
        value("a-name-twice", "{\"a\":1,\"a\":2}", "duplicate");
        value("a-name-twice-deep", "[{\"a\":1,\"a\":1}]", "duplicate");
        value("a-name-twice-escaped", "{\"a\":1,\"\\u0061\":1}", "duplicate");
        value("empty-name", "{\"\":1}", HOLDS);
        value("long-name", "{\"" + "n".repeat(9_000) + "\":1}", HOLDS);
        value("name-with-brackets", "{\"[[[[[[[[[[[[[[[[[[[[\\\"[{\":1}", HOLDS);
        value("number-as-name", "{1:1}", BROKEN);
        value("name-without-quotes", "{a:1}", BROKEN);
    }

    private void depths() {
        value("empty-list", "[]", HOLDS);
        value("empty-object", "{}", HOLDS);
        value("deepest", nested(14), HOLDS);
        value("too-deep", nested(15), "too-deep");
        value("20-deep", nested(20), "too-deep");
        value("900-deep", nested(900), "too-deep");
        value("20000-deep", nested(20_000), "too-deep");
        value("objects-too-deep", "{\"a\":".repeat(15) + "1" + "}".repeat(15), "too-deep");
        value("never-closed", "[".repeat(9_000), "too-deep");
        value("wide", "[" + "[],".repeat(9_000) + "[]]", HOLDS);
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "1" + "]".repeat(depth);
    }

    private void texts() {
        value("controls-and-more", "\"\\b\\t\\n\\f\\r\\\"\\\\\\u0000\\u001f\u007f\u2028\u20ac\ud83d\ude00\"", HOLDS);
        value("not-normalised", "\"u\u0308\"", HOLDS);
        value("huge-text", "\"" + "x".repeat(40_000) + "\"", HOLDS);
        value("escaped-letter", "\"\\u0041\"", OTHER);
        value("escaped-slash", "\"\\/\"", OTHER);
        value("escaped-tab", "\"\\u0009\"", OTHER);
        value("upper-case-escape", "\"\\u001F\"", OTHER);
        value("escaped-pair", "\"\\ud83d\\ude00\"", OTHER);
        value("lone-surrogate", "\"\\ud83d\"", BROKEN);
        value("lone-surrogate-as-name", "{\"\\ude00\":1}", BROKEN);
        value("raw-control", "\"\u0001\"", BROKEN);
        value("raw-line-end", "\"\n\"", BROKEN);
        value("unknown-escape", "\"\\x41\"", BROKEN);
        value("escaped-apostrophe", "\"\\'\"", BROKEN);
        value("short-escape", "\"\\u00\"", BROKEN);
        value("apostrophes", "'y'", BROKEN);
    }

    private void types() {
        type("other-type", "\"https://weft.dev/zebra/v1\"", HOLDS);
        type("later-version", "\"https://weft.dev/contribution/v2\"", HOLDS);
        type("manifest-as-type", "\"https://weft.dev/manifest/v1\"", HOLDS);
        type("200-characters", "\"" + "t".repeat(200) + "\"", HOLDS);
        type("201-characters", "\"" + "t".repeat(201) + "\"", BROKEN);
        type("3000-characters", "\"" + "t".repeat(3_000) + "\"", BROKEN);
        type("empty-type", "\"\"", BROKEN);
        type("number-as-type", "5", BROKEN);
        type("list-as-type", "[\"" + TYPE + "\"]", BROKEN);
        type("null-as-type", "null", BROKEN);
        type("space-in-type", "\"no address at all\"", BROKEN);
        type("umlaut-in-type", "\"https://ex\u00e4mple/x\"", BROKEN);
        type("line-end-behind-type", "\"https://weft.dev/alias/v1\\n\"", BROKEN);
    }

    private void subjects() {
        subject("other-subject", "[1,\"a\",{}]", HOLDS);
        subject("known-type-in-subject", "[{\"a\":1,\"predicateType\":\"https://weft.dev/alias/v1\"}]", HOLDS);
        subject("text-as-subject", "\"abc\"", BROKEN);
        subject("number-as-subject", "5", BROKEN);
        subject("object-as-subject", "{\"a\":\"b\"}", BROKEN);
        subject("empty-subject", "[]", BROKEN);
        subject("null-as-subject", "null", BROKEN);
        subject("null-in-subject", "[null]", OTHER);
        subject("fraction-in-subject", "[0.5]", OTHER);
    }

    private void members() {
        String good = predicate("\"y\"");
        put("no-subject", statement(good, "\"" + TYPE + "\"", SUBJECT).replace(",\"subject\":" + SUBJECT, ""), BROKEN);
        put("no-type", statement(good, "\"\"", SUBJECT).replace(",\"predicateType\":\"\"", ""), BROKEN);
        put("no-kind", statement(good, "\"" + TYPE + "\"", SUBJECT).replaceFirst("\"_type\":\"[^\"]*\",", ""), BROKEN);
        put(
                "other-kind",
                statement(good, "\"" + TYPE + "\"", SUBJECT).replace("/Statement/v1", "/Statement/v2"),
                BROKEN);
        put("one-more", statement(good, "\"" + TYPE + "\"", SUBJECT + ",\"zebra\":1"), "unknown-field");
        put(
                "no-predicate",
                "{\"_type\":\"https://in-toto.io/Statement/v1\"," + "\"predicateType\":\"" + TYPE + "\",\"subject\":"
                        + SUBJECT + "}",
                "missing-field");
        put("list-as-predicate", statement("[1]", "\"" + TYPE + "\"", SUBJECT), BROKEN);
        put(
                "of-root",
                statement(good.replace("\"author\":\"hospital\"", "\"author\":\"root\""), "\"" + TYPE + "\"", SUBJECT),
                "wrong-author");
        put("known-type", statement(good, "\"https://weft.dev/evaluation/v1\"", SUBJECT), "unknown-field");
    }

    private void headers() {
        head("no-header", "", "missing-field");
        head("text-as-header", "\"header\":\"h\",", BROKEN);
        head("null-as-header", "\"header\":null,", BROKEN);
        head(
                "other-field-in-header",
                "\"header\":" + header.replace("{\"audience\"", "{\"a\":1,\"audience\"") + ",",
                "unknown-field");
        head(
                "default-in-header",
                "\"header\":" + header.replace("\"prev\"", "\"incarnation\":0,\"prev\"") + ",",
                OTHER);
    }

    private void bytes() {
        String good = statement(predicate("\"y\""), "\"" + TYPE + "\"", SUBJECT);
        put("byte-order-mark", "\ufeff" + good, OTHER);
        put("space-in-front", " " + good, OTHER);
        put("line-end-behind", good + "\n", OTHER);
        put("space-within", good.replace(",\"subject\":", ", \"subject\":"), OTHER);
        put("zero-behind", good + "\0", BROKEN);
        put("twice", good + good, BROKEN);
        put("comma-behind", good.replace("}]}", "}],}"), BROKEN);
        put("cut-short", good.substring(0, good.length() - 1), BROKEN);
        put("comment", good.replace(",\"subject\"", "/**/,\"subject\""), BROKEN);
        put("nothing", "", BROKEN);
        put("a-list", "[" + good + "]", BROKEN);
        put("a-text", "\"x\"", BROKEN);
        raw("no-utf8", new int[] {0xff});
        raw("overlong", new int[] {0xc1, 0x81});
        raw("surrogate-in-utf8", new int[] {0xed, 0xa0, 0x80});
        raw("above-unicode", new int[] {0xf4, 0x90, 0x80, 0x80});
        raw("half-a-character", new int[] {0xe2, 0x82});
    }

    /** Statements of known types that leave out what they are about; only their subject is as it should be. */
    private void incomplete(Header given) {
        ArtifactRef model = ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setCommitment(given.getPrev())
                .build();
        ByteString round = given.getPrev();
        List<Message> all = List.of(
                Alias.getDefaultInstance(),
                Alias.newBuilder().setOld(model).build(),
                Alias.newBuilder()
                        .setOld(ArtifactRef.getDefaultInstance())
                        .setNew(model)
                        .build(),
                Contribution.getDefaultInstance(),
                Contribution.newBuilder().setRound(round).setInputModel(model).build(),
                Disclosure.getDefaultInstance(),
                Disclosure.newBuilder()
                        .setRequest(DisclosureRequest.getDefaultInstance())
                        .build(),
                Disclosure.newBuilder()
                        .setDecision(DisclosureDecision.getDefaultInstance())
                        .build(),
                Evaluation.getDefaultInstance(),
                Evaluation.newBuilder()
                        .setModel(model.toBuilder().clearCommitment())
                        .build(),
                Evaluation.newBuilder()
                        .setModel(model)
                        .addRuns(Run.getDefaultInstance())
                        .build(),
                Key.getDefaultInstance(),
                LinkKey.newBuilder().setEpoch(1).build(),
                Notice.getDefaultInstance(),
                Notice.newBuilder().setRevocation(round).build(),
                Progress.getDefaultInstance(),
                Progress.newBuilder().setRound(round).build(),
                Publication.getDefaultInstance(),
                Publication.newBuilder().setRound(round).build(),
                Revocation.getDefaultInstance(),
                Revocation.newBuilder().setArtifact(model).build(),
                Round.getDefaultInstance(),
                Round.newBuilder().setClose(Close.getDefaultInstance()).build(),
                Round.newBuilder().setClosePart(ClosePart.getDefaultInstance()).build(),
                Round.newBuilder().setOpen(Open.getDefaultInstance()).build());
        for (Message each : all) {
            Message predicate = each.toBuilder()
                    .setField(each.getDescriptorForType().findFieldByName("header"), given)
                    .build();
            String name = each.getDescriptorForType().getName() + "-" + this.all.size();
            this.all.put(name, new Odd(CanonicalJson.print(predicate), "missing-field"));
        }
    }

    private void value(String name, String json, String reason) {
        put(name, statement(predicate(json), "\"" + TYPE + "\"", SUBJECT), reason);
    }

    private void type(String name, String json, String reason) {
        put(name, statement(predicate("\"y\""), json, SUBJECT), reason);
    }

    private void subject(String name, String json, String reason) {
        put(name, statement(predicate("\"y\""), "\"" + TYPE + "\"", json), reason);
    }

    private void head(String name, String member, String reason) {
        put(name, statement("{" + member + "\"x\":1}", "\"" + TYPE + "\"", SUBJECT), reason);
    }

    private void raw(String name, int[] content) {
        String good = statement(predicate("\"y\""), "\"" + TYPE + "\"", SUBJECT);
        int at = good.indexOf("\"y\"") + 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(good.substring(0, at).getBytes(StandardCharsets.UTF_8));
        for (int each : content) {
            out.write(each);
        }
        out.writeBytes(good.substring(at).getBytes(StandardCharsets.UTF_8));
        all.put(name, new Odd(ByteString.copyFrom(out.toByteArray()), BROKEN));
    }

    private void put(String name, String payload, String reason) {
        all.put(name, new Odd(ByteString.copyFromUtf8(payload), reason));
    }

    private String predicate(String x) {
        return "{\"header\":" + header + ",\"x\":" + x + "}";
    }

    private static String statement(String predicate, String type, String subject) {
        return "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":" + predicate + ",\"predicateType\":"
                + type + ",\"subject\":" + subject + "}";
    }
}
