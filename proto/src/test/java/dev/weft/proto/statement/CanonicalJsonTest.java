package dev.weft.proto.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Rollover;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that statements are made of, to the letter; and every other way of writing them, refused by name. */
class CanonicalJsonTest {
    /** Made once, read by people; a change of one byte of it is a change of the protocol. */
    private static final String PROGRESS = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"header\":{"
            + "\"audience\":\"demo/log/1\",\"author\":\"hospital-a\","
            + "\"federation\":\"jOMzxYEay9xGoLoGvCdiGiOyVQsUabO2ean0o8dHB3I=\","
            + "\"prev\":\"hP2brDM615FUNIKWIE+n+MU3qW4ImD5fc7P1rKjo7fc=\","
            + "\"recordedAt\":\"2026-11-21T08:00:00.000Z\","
            + "\"seen\":{\"root\":\"cgh5TJhOocddE4d8dCczb+mHIsQaBW7u5PNzYOw2cSM=\",\"size\":\"40\"},\"seq\":\"7\","
            + "\"siteHead\":{\"root\":\"+64EGwLEHtD9ik77A5vHgN1q9KHwxCD0JWGucF3aQ/4=\",\"size\":\"12\"}},"
            + "\"round\":\"qXsJMXMOg/v5KE/wCkxfek7vIYnd24kxmm36WHHiiSM=\",\"state\":\"WAITING\"},"
            + "\"predicateType\":\"https://weft.dev/progress/v1\",\"subject\":[{\"digest\":{"
            + "\"weft-statement-v1\":\"a97b0931730e83fbf9284ff00a4c5f7a4eef2189dddb89319a6dfa5871e28923\"}}]}";

    private static final String FOREIGN = PROGRESS.replace("progress/v1", "progress/v2")
            .replace("\"state\":\"WAITING\"", "\"state\":{\"a\":[1,-2,true,\"x\"],\"b\":\"\\\"\"}");

    private static final String CONTRIBUTION_ID = "980175da2d3f59b78ae169c7874d0ac6ed62f60bb0916ee1b7a015e684ba5633";

    @Test
    void aStatement_isTheseBytes() throws VerificationException {
        Message progress = Examples.all().get(12);
        assertThat(CanonicalJson.print(progress).toStringUtf8()).isEqualTo(PROGRESS);
        assertThat(parse(PROGRESS).predicate()).contains(progress);
    }

    @Test
    void aContribution_hasThisId() throws VerificationException {
        assertThat(Examples.signed(Examples.contribution()).statement().id().hex())
                .isEqualTo(CONTRIBUTION_ID);
    }

    @Test
    void everyPredicate_readsAsItWasPrinted_byBothReaders() throws VerificationException {
        for (Message predicate : Examples.all()) {
            ByteString payload = CanonicalJson.print(predicate);
            assertThat(CanonicalJson.parse(payload).predicate()).contains(predicate);
            assertThat(CanonicalJson.parseSlowly(payload).predicate()).contains(predicate);
            boolean escapes = payload.toStringUtf8().indexOf('\\') >= 0;
            assertThat(Optional.ofNullable(CanonicalReader.read(payload)))
                    .isEqualTo(escapes ? Optional.empty() : Optional.of(predicate));
        }
    }

    @Test
    void everyPredicate_hasASubjectThatNoToolTakesForAnother() {
        for (Message predicate : Examples.all()) {
            String subject = CanonicalJson.print(predicate).toStringUtf8().replaceFirst("^.*,\"subject\":", "");
            assertThat(subject).matches("\\[(\\{\"digest\":\\{\"[a-zA-Z0-9-]+\":\"[0-9a-f]{40,64}\"}},?)+]}");
        }
        Alias alias = (Alias) Examples.all().get(16);
        assertThat(CanonicalJson.print(alias).toStringUtf8())
                .contains("\"weft-commitment-v1\"")
                .doesNotContain("\"sha256\"");
    }

    @Test
    void text_keepsItsUnicodeAndEscapesOnlyWhatItMust() {
        Key key = Key.newBuilder()
                .setRollover(
                        Rollover.newBuilder().setLoss("\u0000\b\t\n\f\r\u001f \"\\/\u007f\u00e9\u2028\ud83d\ude80"))
                .build();
        assertThat(CanonicalJson.printMessage(key).toStringUtf8())
                .isEqualTo(
                        "{\"rollover\":{\"loss\":\"\\u0000\\b\\t\\n\\f\\r\\u001f \\\"\\\\/\u007f\u00e9\u2028\ud83d\ude80\"}}");
    }

    @Test
    void numbers_areWholeAndUnsigned() {
        Header header = Header.newBuilder().setIncarnation(-1).setSeq(-1).build();
        assertThat(CanonicalJson.printMessage(header).toStringUtf8())
                .isEqualTo("{\"incarnation\":4294967295,\"seq\":\"18446744073709551615\"}");
    }

    @Test
    void aPredicateOfAnotherVersion_isReadAsFarAsItsHeader() throws VerificationException {
        CanonicalJson.Parsed parsed = parse(FOREIGN);
        assertThat(parsed.predicate()).isEmpty();
        assertThat(parsed.predicateType()).isEqualTo("https://weft.dev/progress/v2");
        assertThat(parsed.header()).isEqualTo(Examples.header("hospital-a"));
    }

    @Test
    void namesOfAnUnknownType_standInTheOrderOfTheirUtf8() throws VerificationException {
        String low = "\"\ue000\":1";
        String high = "\"\ud83d\ude00\":2";
        String between = FOREIGN.replace("\"x\"]", "{" + low + "," + high + "}]");
        assertThat(parse(between).predicate()).isEmpty();
        Refused.with(Reason.NOT_CANONICAL, () -> parse(FOREIGN.replace("\"x\"]", "{" + high + "," + low + "}]")));
    }

    @Test
    void aTypeInTheSubject_isNotTheStatementsOwn() throws VerificationException {
        String marked = FOREIGN.replace(
                "\"subject\":[", "\"subject\":[{\"a\":1,\"predicateType\":\"https://weft.dev/alias/v1\"},");
        assertThat(parse(marked).predicateType()).isEqualTo("https://weft.dev/progress/v2");
    }

    static Stream<Arguments> otherWaysToWriteIt() {
        return Stream.of(
                arguments(Reason.NOT_CANONICAL, "\"seq\":\"7\"", "\"seq\": \"7\""),
                arguments(Reason.NOT_CANONICAL, "{\"_type\"", " {\"_type\""),
                arguments(Reason.NOT_CANONICAL, "\"seq\":\"7\"", "\"seq\":\"07\""),
                arguments(Reason.NOT_CANONICAL, "\"seq\":\"7\"", "\"seq\":\"+7\""),
                arguments(Reason.MALFORMED, "\"seq\":\"7\"", "\"seq\":7"),
                arguments(Reason.MALFORMED, "\"seq\":\"7\"", "\"seq\":\"-7\""),
                arguments(Reason.MALFORMED, "\"seq\":\"7\"", "\"seq\":\"18446744073709551616\""),
                arguments(Reason.MALFORMED, "\"seq\":\"7\"", "\"seq\":null"),
                arguments(Reason.NOT_CANONICAL, "\"audience\":", "\"\\u0061udience\":"),
                arguments(Reason.NOT_CANONICAL, "\"hospital-a\"", "\"hospital\\u002da\""),
                arguments(Reason.NOT_CANONICAL, "\"author\":", "\"incarnation\":0,\"author\":"),
                arguments(Reason.NOT_CANONICAL, "\"prev\":", "\"incarnation\":0,\"prev\":"),
                arguments(Reason.MALFORMED, "\"prev\":", "\"incarnation\":1.0,\"prev\":"),
                arguments(Reason.MALFORMED, "\"prev\":", "\"incarnation\":01,\"prev\":"),
                arguments(Reason.MALFORMED, "\"prev\":", "\"incarnation\":-1,\"prev\":"),
                arguments(Reason.MALFORMED, "\"prev\":", "\"incarnation\":4294967296,\"prev\":"),
                arguments(Reason.MALFORMED, "\"prev\":", "\"incarnation\":true,\"prev\":"),
                arguments(Reason.UNKNOWN_FIELD, "\"prev\":", "\"previous\":\"\",\"prev\":"),
                arguments(Reason.UNKNOWN_FIELD, "\"prev\":", "\"note\":\"\",\"prev\":"),
                arguments(Reason.UNKNOWN_FIELD, "\"recordedAt\":", "\"recorded_at\":"),
                arguments(Reason.UNKNOWN_FIELD, ",\"subject\":", ",\"signature\":1,\"subject\":"),
                arguments(Reason.DUPLICATE, "\"seq\":\"7\"", "\"seq\":\"7\",\"seq\":\"8\""),
                arguments(Reason.DUPLICATE, "\"predicate\":{", "\"predicate\":{},\"predicate\":{"),
                arguments(Reason.NOT_CANONICAL, "\"state\":\"WAITING\"", "\"state\":\"PROGRESS_STATE_UNSPECIFIED\""),
                arguments(Reason.MALFORMED, "\"WAITING\"", "\"waiting\""),
                arguments(Reason.MALFORMED, "\"WAITING\"", "2"),
                arguments(Reason.NOT_CANONICAL, "iiSM=\"", "iiSN=\""),
                arguments(Reason.NOT_CANONICAL, "iiSM=\"", "iiSM\""),
                arguments(Reason.MALFORMED, "qXsJMXMOg/v5", "qXsJMXMOg_v5"),
                arguments(Reason.MALFORMED, "}}]}", "}}]"),
                arguments(Reason.NOT_CANONICAL, "a97b", "b97b"),
                arguments(Reason.NOT_CANONICAL, "weft-statement-v1", "sha256"),
                arguments(Reason.NOT_CANONICAL, ",\"subject\":[", ",\"subject\":[{\"digest\":{}},"),
                arguments(Reason.NOT_CANONICAL, "in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1"),
                arguments(
                        Reason.UNKNOWN_FIELD,
                        "https://weft.dev/progress/v1",
                        "https://weft.dev/notice/v1",
                        Reason.UNKNOWN_FIELD));
    }

    @ParameterizedTest
    @MethodSource
    void otherWaysToWriteIt(Reason reason, String from, String to) {
        assertThat(PROGRESS).contains(from);
        Refused.with(reason, () -> parse(PROGRESS.replace(from, to)));
    }

    static Stream<Arguments> otherWaysToWriteWhatIsUnknown() {
        return Stream.of(
                arguments(Reason.NOT_CANONICAL, "[1,", "[ 1,"),
                arguments(Reason.NOT_CANONICAL, "[1,", "[1.0,"),
                arguments(Reason.NOT_CANONICAL, "[1,", "[-0,"),
                arguments(Reason.NOT_CANONICAL, "[1,", "[1e3,"),
                arguments(Reason.NOT_CANONICAL, "[1,", "[null,"),
                arguments(Reason.NOT_CANONICAL, "[1,", "[1000000000000000,"),
                arguments(Reason.NOT_CANONICAL, "\"b\":", "\"B\":"),
                arguments(Reason.DUPLICATE, "\"b\":", "\"a\":"),
                arguments(Reason.NOT_CANONICAL, "\"\\\"\"", "\"\\u0022\""),
                arguments(Reason.MISSING_FIELD, "\"header\":", "\"heade\":"),
                arguments(Reason.UNKNOWN_FIELD, "\"author\":", "\"auteur\":1,\"author\":"),
                arguments(Reason.MALFORMED, "in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1"),
                arguments(Reason.TOO_DEEP, "[1,", "[[[[[[[[[[[[[[1]]]]]]]]]]]]],"));
    }

    @ParameterizedTest
    @MethodSource
    void otherWaysToWriteWhatIsUnknown(Reason reason, String from, String to) {
        assertThat(FOREIGN).contains(from);
        Refused.with(reason, () -> parse(FOREIGN.replace(from, to)));
    }

    static Stream<String> noStatements() {
        return Stream.of(
                        "",
                        "null",
                        "[]",
                        "7",
                        "\"text\"",
                        "{",
                        "{}x",
                        PROGRESS + " ",
                        PROGRESS + "\n",
                        PROGRESS + PROGRESS)
                .flatMap(text -> Stream.of(text, text.replace("progress/v1", "progress/v2")));
    }

    @ParameterizedTest
    @MethodSource
    void noStatements(String text) {
        assertThat(refusal(text)).isIn(Reason.MALFORMED, Reason.NOT_CANONICAL);
    }

    @Test
    void anObjectWithoutMembers_isNoStatement() {
        Refused.with(Reason.MALFORMED, () -> parse("{}"));
    }

    @Test
    void twoMembersOfAOneof_areRefused() throws VerificationException {
        String revoke = CanonicalJson.print(Examples.all().get(4)).toStringUtf8();
        String both =
                revoke.replace("\"resume\"", "").replace("\"revoke\":", "\"resume\":{\"member\":\"x\"},\"revoke\":");
        Refused.with(Reason.NOT_CANONICAL, () -> parse(both));
    }

    @Test
    void bytesThatAreNoUtf8_areRefused() {
        byte[] bytes = PROGRESS.getBytes(StandardCharsets.UTF_8);
        bytes[PROGRESS.indexOf("hospital")] = (byte) 0xff;
        Refused.with(Reason.MALFORMED, () -> CanonicalJson.parse(ByteString.copyFrom(bytes)));
    }

    @Test
    void halfASurrogatePair_isRefused() throws VerificationException {
        String rollover = CanonicalJson.print(Examples.rollover()).toStringUtf8();
        Refused.with(Reason.MALFORMED, () -> parse(rollover.replace("\ud83d\ude80", "\\ud83d")));
    }

    @Test
    void aMessageThatIsNoPredicate_isTheCallersFault() {
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.print(Header.getDefaultInstance()));
    }

    @Test
    void aMarkThatLooksLikeTheType_decidesNothing() throws VerificationException {
        Contribution contribution = Examples.contribution();
        String payload = CanonicalJson.print(contribution).toStringUtf8();
        String second =
                payload.substring(0, payload.length() - 1) + ",\"predicateType\":\"https://weft.dev/alias/v1\"}";
        assertThat(refusal(second)).isIn(Reason.NOT_CANONICAL, Reason.UNKNOWN_FIELD, Reason.DUPLICATE);
    }

    private static CanonicalJson.Parsed parse(String text) throws VerificationException {
        return CanonicalJson.parse(ByteString.copyFromUtf8(text));
    }

    private static Reason refusal(String text) {
        try {
            throw new AssertionError("accepted: " + parse(text));
        } catch (VerificationException e) {
            return e.reason();
        }
    }
}
