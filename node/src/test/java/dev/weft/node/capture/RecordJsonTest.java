package dev.weft.node.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.node.capture.RecordJson.Read;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Reference;
import dev.weft.node.record.RoundEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordJsonTest {

    private static final String D = "sha256:" + "ab".repeat(32);
    private static final String ID = "cd".repeat(32);

    private static LineageRecord read(String json) throws VerificationException {
        return RecordJson.read(json.replace('\'', '"').replace("$D", D).replace("$ID", ID));
    }

    @Test
    void run_isReadWithEverythingItMayHave() throws Exception {
        LineageRecord.Run run = (LineageRecord.Run) read("""
                {'kind': 'run', 'source': 'flower', 'externalId': 'r1', 'step': 'train', 'inputs': [3, 'clean'],
                 'outputs': ['model'], 'code': 'code', 'environment': 4,
                 'parameters': {'lr': 0.5, 'epochs': 3, 'layers': [64, 32], 'fair': true, 'name': 'adam'},
                 'metrics': {'accuracy': 1}, 'seed': -7, 'command': 'python train.py',
                 'started': '2026-11-21T09:00:00+01:00', 'ended': '2026-11-21T08:00:01.5Z', 'exitCode': 0,
                 'fields': {'queue': 'gpu'}}
                """);

        assertThat(run.inputs()).containsExactly(new Reference.ById(3), new Reference.ByExternalId("clean"));
        assertThat(run.details().parameters())
                .containsEntry("epochs", FieldValue.of(3))
                .containsEntry("lr", FieldValue.of(0.5))
                .containsEntry("fair", FieldValue.of(true))
                .containsEntry("layers", FieldValue.of(List.of(FieldValue.of(64), FieldValue.of(32))));
        assertThat(run.details().metrics()).as("a measurement is a real").containsEntry("accuracy", FieldValue.of(1.0));
        assertThat(run.details().seed()).hasValue(-7);
        assertThat(run.details().started()).contains(Instant.parse("2026-11-21T08:00:00Z"));
        assertThat(run.origin().more()).containsEntry("queue", FieldValue.of("gpu"));
    }

    @Test
    void secretsOfARun_areMaskedByTheirNames() throws Exception {
        LineageRecord.Run run = (LineageRecord.Run) read("""
                {'kind': 'run', 'step': 'train', 'parameters': {'api_key': 'hunter2', 'tokens': ['hunter3'], 'lr': 1},
                 'command': 'train --password hunter4', 'fields': {'db': 'postgres://u:hunter5@h/d'}}
                """);

        assertThat(run.toString()).doesNotContain("hunter");
        assertThat(run.details().parameters())
                .containsEntry("api_key", FieldValue.of("***"))
                .containsEntry("lr", FieldValue.of(1));
        assertThat(run.details().command()).contains("train --password ***");
    }

    @Test
    void yearsThatNoRecordHolds_areRefused() {
        for (String year : List.of("+999999999", "+10000", "-0001")) {
            VerificationException refused = catchThrowableOfType(
                    VerificationException.class,
                    () -> read("{'kind': 'run', 'step': 'train', 'started': '" + year + "-01-01T00:00:00Z'}"));
            assertThat(refused.reason()).isEqualTo(Reason.BAD_VALUE);
            assertThat(refused).hasMessageContaining("years 0000 to 9999");
        }
    }

    @Test
    void lines_areForDescriptions() throws Exception {
        LineageRecord.Dataset dataset = (LineageRecord.Dataset)
                read("{'kind': 'dataset', 'name': 'n', 'digest': '$D', 'description': 'one\\n\\ttwo'}");

        assertThat(dataset.toString()).contains("one\n\ttwo");
    }

    @Test
    void everyKind_isReadFromItsSmallestForm() throws Exception {
        for (String json : List.of(
                "{'kind': 'dataset', 'name': 'n', 'digest': '$D'}",
                "{'kind': 'code', 'name': 'n', 'digest': 'git-sha1:" + "0f".repeat(20) + "'}",
                "{'kind': 'environment', 'name': 'n', 'digest': '$D'}",
                "{'kind': 'model', 'name': 'n', 'digest': '$D', 'from': '$ID'}",
                "{'kind': 'run', 'step': 'aggregate'}",
                "{'kind': 'metrics', 'of': 1, 'values': {'f1': 0.5}}",
                "{'kind': 'permit', 'name': 'n', 'expires': '2027-01-01T00:00:00Z'}",
                "{'kind': 'revocation', 'artifact': 'a', 'reason': 'permit-ended'}",
                "{'kind': 'note', 'about': 0, 'text': 't'}")) {
            assertThat(read(json).origin().source()).isEqualTo("api");
        }
        for (String json : List.of(
                "{'event': 'register', 'trainingLine': 'wdbc', 'number': 1, 'inputModel': '$D',"
                        + " 'protocol': {'code': '$D', 'aggregation': 'fedavg'}, 'deadline': '2027-01-01T00:00:00Z'}",
                "{'event': 'open', 'round': '$ID', 'expected': ['b', 'a']}",
                "{'event': 'close', 'round': '$ID', 'outputModel': '$D', 'received': [{'member': 'a', 'verdict':"
                        + " 'dropped', 'reason': 'timeout'}]}",
                "{'event': 'close', 'round': '$ID', 'failure': 'too-few'}",
                "{'event': 'started', 'round': '$ID'}",
                "{'event': 'declined', 'round': '$ID'}",
                "{'event': 'contribution', 'round': '$ID', 'run': 'r', 'inputModel': '$D', 'wireDigest': '$D'}",
                "{'event': 'evaluation', 'round': '$ID', 'run': 'r', 'model': '$D'}",
                "{'event': 'publication', 'round': '$ID', 'model': '$D', 'version': '1.0'}")) {
            assertThat(read(json.replace("{'event'", "{'kind': 'round', 'event'"))
                            .kind())
                    .isEqualTo(Kind.ROUND);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {'kind': 'datset'}                                              | UNKNOWN_KIND  | did you mean 'dataset'
        {'kind': 'decision'}                                            | UNKNOWN_KIND  | must be one of
        {'name': 'n'}                                                   | MISSING_FIELD | has no "kind"
        {'kind': 'dataset', 'name': 'n'}                                | MISSING_FIELD | a dataset record has no "digest"
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'labls': []}   | UNKNOWN_FIELD | did you mean 'labels'
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'ward': 7}     | UNKNOWN_FIELD | go into "fields"
        {'kind': 'dataset', 'name': '', 'digest': '$D'}                 | BAD_VALUE     | "name" of a dataset record is empty
        {'kind': 'dataset', 'name': 'a\\u0000b', 'digest': '$D'}         | BAD_VALUE     | control character
        {'kind': 'dataset', 'name': 'a\\nb', 'digest': '$D'}             | BAD_VALUE     | control character
        {'kind': 'dataset', 'name': 'n', 'externalId': 'a\\u009b', 'digest': '$D'} | BAD_VALUE | control character
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'labels': ['a\\t']} | BAD_VALUE | control character
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'description': 'a\\u0007'} | BAD_VALUE | control character
        {'kind': 'run', 'step': 'train', 'metrics': {'a\\u0000': 1}}     | BAD_VALUE     | a name with a control character
        {'kind': 'run', 'step': 'train', 'inputs': ['a\\u0000']}         | BAD_VALUE     | must name a record
        {'kind': 'dataset', 'name': 7, 'digest': '$D'}                  | BAD_VALUE     | text in quotes
        {'kind': 'dataset', 'name': 'n', 'digest': 'md5:00'}            | BAD_DIGEST    | "digest" of a dataset record
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'rows': -1}    | BAD_VALUE     | whole number from 0
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'rows': 1.5}   | BAD_VALUE     | whole number from 0
        {'kind': 'dataset', 'name': 'n', 'digest': '$D', 'rows': 1e99}  | BAD_VALUE     | whole number from 0
        {'kind': 'code', 'name': 'n', 'digest': '$D', 'dirty': 'no'}    | BAD_VALUE     | true or false
        {'kind': 'run', 'step': 'trai'}                                 | BAD_VALUE     | did you mean 'train'
        {'kind': 'run', 'step': 'train', 'inputs': 'clean'}             | BAD_VALUE     | must be a list
        {'kind': 'run', 'step': 'train', 'inputs': [1.5]}               | BAD_VALUE     | its number, or its external id
        {'kind': 'run', 'step': 'train', 'started': 'yesterday'}        | BAD_VALUE     | time with its zone
        {'kind': 'run', 'step': 'train', 'metrics': {'a': {}}}          | BAD_VALUE     | is an object
        {'kind': 'run', 'step': 'train', 'metrics': {'a': 1e999}}       | BAD_VALUE     | too large for 64 bits
        {'kind': 'round', 'event': 'opens', 'round': '$ID'}             | BAD_VALUE     | did you mean 'open'
        {'kind': 'round', 'event': 'started', 'round': 'abc'}           | BAD_VALUE     | 64 lower-case hex digits
        {'kind': 'round', 'event': 'open', 'round': '$ID', 'expected': ['a', 'a']} | BAD_VALUE | names a twice
        {'kind': 'round', 'event': 'open', 'round': '$ID', 'expected': ['A b']} | BAD_NAME | not a name
        {'kind': 'round', 'event': 'open', 'round': '$ID'}              | BAD_VALUE     | names nobody
        {'kind': 'round', 'event': 'close', 'round': '$ID'}             | BAD_VALUE     | never both
        {'kind': 'round', 'event': 'close', 'round': '$ID', 'failure': 'x', 'received': [{'member': 'a', 'wireDigest': '$D', 'verdict': 'rejected'}]} | BAD_VALUE | "received[0].reason"
        {'kind': 'round', 'event': 'register', 'trainingLine': 'a b', 'number': 1, 'inputModel': '$D'} | BAD_VALUE | must be a name
        {'kind': 'note', 'kind': 'note'}                                | MALFORMED     | stands twice
        {'kind': 'note', 'about': null, 'text': 't'}                    | MALFORMED     | null
        {'kind': 'note', // no                                          | MALFORMED     | not JSON
        ['kind', 'note']                                                | MALFORMED     | JSON object
        {'kind': 'permit', 'name': 'n'} {}                              | MALFORMED     | line 1 column 34
        `` | MALFORMED | too early
        {'kind': 'permit', 'name': 'n', 'fields': {'a': [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}} | MALFORMED | nest
        """)
    void wrongInput_isRefusedWithWhatToDo(String json, Reason reason, String sentence) {
        VerificationException refused = catchThrowableOfType(VerificationException.class, () -> read(json));

        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.getMessage()).containsIgnoringCase(sentence);
        assertThat(refused.getMessage()).doesNotContainIgnoringCase("gson").doesNotContain("Reader", "Strictness", "$");
    }

    @Test
    void largeWholeNumbers_keepTheirDigits() throws Exception {
        LineageRecord record = read("{'kind': 'permit', 'name': 'n', 'fields': {'n': 12345678901234567890123}}");

        assertThat(record.origin().more())
                .containsEntry("n", new FieldValue.Int(new BigInteger("12345678901234567890123")));
    }

    @Test
    void bodyOfARoundRoute_needsNeitherKindNorEvent() throws Exception {
        RoundEvent event = (RoundEvent) RecordJson.round(
                "open", "{'round': '$ID', 'expected': ['a']}".replace('\'', '"').replace("$ID", ID));

        assertThat(event.event()).isEqualTo("open");
    }

    @Test
    void many_comeAsLinesOrAsAnArray() throws Exception {
        String one = "{\"kind\": \"permit\", \"name\": \"n\"}";

        assertThat(RecordJson.readAll(one + "\n\n" + one + "\n")).hasSize(2);
        List<Read> read = RecordJson.readAll("[" + one + ", {\"kind\": \"nothing\"}, " + one + "]");
        assertThat(read).hasSize(3);
        assertThat(read.get(1)).isInstanceOf(Read.Refused.class);
        assertThat(read.get(2)).isInstanceOf(Read.Understood.class);
        assertThat(RecordJson.readAll("")).isEmpty();
        VerificationException refused = catchThrowableOfType(
                VerificationException.class, () -> RecordJson.readAll((one + "\n").repeat(10_001)));
        assertThat(refused.reason()).isEqualTo(Reason.LIMIT_EXCEEDED);
    }
}
