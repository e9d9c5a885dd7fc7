package dev.weft.node.capture.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.Site;
import dev.weft.node.capture.PlainJson;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.record.Direction;
import dev.weft.node.record.Kind;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an mlflow.db into a site's record, through the form in which the command hands it over. */
class MlflowImportTest {

    @TempDir
    Path directory;

    private Site site;
    private Path file;
    private TrackingDatabase database;
    private MlflowCursor cursor = MlflowCursor.start();
    private int runs;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory);
        file = directory.resolve("mlflow.db");
        database = new TrackingDatabase(file);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
    }

    private void record(List<LineageRecord> records) throws VerificationException {
        List<LineageRecord> same = new ArrayList<>();
        for (LineageRecord record : records) {
            same.add(RecordJson.read(PlainJson.print(record).toString()));
        }
        site.recorder.recordAll(same).forEach(Site::await);
    }

    private void read(MlflowReader.Taker taker) throws Exception {
        try (MlflowReader reader = MlflowReader.database(file, "mlflow")) {
            reader.read(cursor, taker);
        }
    }

    private int read() throws Exception {
        runs = 0;
        read((records, count, behind) -> {
            record(records);
            runs += count;
            cursor = MlflowCursor.parse(behind.text());
        });
        return runs;
    }

    private List<StoredRecord> all(Kind kind) throws Exception {
        return site.records.list(Optional.of(kind), -1, 1_000);
    }

    private static String text(StoredRecord record, String field) {
        return record.value(field).map(FieldValue::display).orElse("none");
    }

    @Test
    void run_comesWithAllThatTheStoreKnows() throws Exception {
        Path data = Files.writeString(directory.resolve("ward.csv"), "a,b\n1,2\n");
        Path model = Files.createDirectories(directory.resolve("artifacts"));
        Files.writeString(model.resolve("MLmodel"), "flavors: {}\n");
        Files.writeString(model.resolve("requirements.txt"), "numpy==2.0\n");
        Files.writeString(model.resolve("python_env.yaml"), "python: 3.11.7\n");
        Files.writeString(model.resolve("net.pkl"), "weights");
        database.run("r1", "FINISHED", System.currentTimeMillis() + 60_000);
        database.input("r1", "ward7", "1474f0d4", data);
        database.model("r1", "m-1", model);
        database.sql("INSERT INTO tags VALUES ('mlflow.source.git.commit', '" + "0f".repeat(20) + "', 'r1'),"
                + " ('mlflow.source.name', 'train.py', 'r1')");
        database.sql("INSERT INTO model_versions VALUES ('wardmodel', 1, 99, 'models:/m-1', 'r1')");
        assertThat(read()).isEqualTo(1);

        StoredRecord dataset = all(Kind.DATASET).get(0);
        assertThat(text(dataset, "weakDigest")).isEqualTo("mlflow:1474f0d4");
        assertThat(text(dataset, "digest")).isEqualTo(Site.digest("a,b\n1,2\n"));
        assertThat(text(dataset, "field.profile")).isEqualTo("{\"num_rows\": 3}");
        assertThat(all(Kind.MODEL))
                .extracting(record -> text(record, "digest"))
                .containsExactly(Site.digest("weights"), Site.digest("weights"));
        assertThat(text(all(Kind.ENVIRONMENT).get(0), "packages")).isEqualTo("[numpy==2.0]");
        assertThat(text(all(Kind.ENVIRONMENT).get(0), "interpreter")).isEqualTo("python 3.11.7");
        assertThat(all(Kind.CODE))
                .extracting(record -> text(record, "name"), record -> text(record, "digest"))
                .contains(org.assertj.core.groups.Tuple.tuple("train.py", "git-sha1:" + "0f".repeat(20)));
        StoredRecord state = all(Kind.OBSERVATION).get(0);
        assertThat(text(state, "state")).isEqualTo("finished");
        assertThat(text(state, "parameter.lr")).isEqualTo("0.1");
        assertThat(state.value("metric.auc")).contains(FieldValue.of(0.91));
        assertThat(text(state, "metric.loss")).isEqualTo("NaN");
        assertThat(text(state, "field.context.ward7")).isEqualTo("training");
        StoredRecord version = site.records.resolve("model:wardmodel/1").orElseThrow();
        assertThat(site.records.lineage(version, Direction.UP, 0).records())
                .extracting(StoredRecord::kind)
                .contains(Kind.RUN, Kind.DATASET, Kind.CODE, Kind.ENVIRONMENT);
    }

    @Test
    void secondImport_changesNothing() throws Exception {
        for (int n = 0; n < 450; n++) {
            database.run("r" + n, "FINISHED", 1_000 + n / 3);
        }
        assertThat(read()).isEqualTo(450);
        long count = site.records.count();
        assertThat(read()).as("those of the cursor's own moment").isLessThan(5);
        cursor = MlflowCursor.start();
        assertThat(read()).isEqualTo(450);
        assertThat(site.records.count()).isEqualTo(count);
    }

    @Test
    void importThatIsCutShort_goesOn() throws Exception {
        for (int n = 0; n < 450; n++) {
            database.run("r" + n, "FINISHED", 1_000 + n);
        }
        assertThatThrownBy(() -> read((records, count, behind) -> {
                    if (runs > 0) {
                        record(records.subList(0, records.size() / 2));
                        throw new IOException("the power went out");
                    }
                    record(records);
                    runs += count;
                    cursor = behind;
                }))
                .hasMessage("the power went out");
        assertThat(read()).isEqualTo(251);
        assertThat(all(Kind.RUN)).hasSize(450);
        assertThat(all(Kind.OBSERVATION)).hasSize(450);
    }

    @Test
    void runThatWasGoingOn_isLookedAtAgain() throws Exception {
        database.run("r1", "RUNNING", 5_000);
        database.run("r2", "FINISHED", 9_000);
        assertThat(read()).isEqualTo(2);
        database.sql("UPDATE runs SET status = 'FINISHED', end_time = 6000 WHERE run_uuid = 'r1'");
        database.sql("UPDATE latest_metrics SET value = 0.99 WHERE run_uuid = 'r1' AND key = 'auc'");
        read();
        assertThat(all(Kind.RUN)).hasSize(2);
        assertThat(all(Kind.OBSERVATION))
                .extracting(record -> text(record, "state") + " " + text(record, "metric.auc"))
                .containsExactly("running 0.91", "finished 0.91", "finished 0.99");
        assertThat(cursor.unfinished()).isEmpty();
    }

    @Test
    void fileThatWasChangedSince_isNotWhatTheRunSaw() throws Exception {
        Path data = Files.writeString(directory.resolve("ward.csv"), "changed since");
        database.run("r1", "FINISHED", 1_000);
        database.input("r1", "ward7", "1474f0d4", data);
        database.input("r1", "device", "00000000", Path.of("/dev/zero"));
        database.input("r1", "remote", "00000001", Path.of("s3://bucket/x"));
        read();
        assertThat(all(Kind.DATASET))
                .extracting(record -> text(record, "digest"))
                .containsExactly("none", "none", "none");
    }

    @Test
    void modelThatTheStoreForgot_isToldByItsId() throws Exception {
        database.run("r1", "FINISHED", 1_000);
        database.sql("INSERT INTO inputs VALUES ('x', 'RUN_INPUT', 'r1', 'MODEL_INPUT', 'm-gone', 0)");
        database.run("odd", "KILLED", 1_001);
        database.sql("INSERT INTO params VALUES ('a' || char(10) || 'b', 'it''s \"quoted\"', 'odd'), ('"
                + "p".repeat(250) + "', '', 'odd')");
        assertThat(read()).isEqualTo(2);
        assertThat(text(all(Kind.MODEL).get(0), "name")).isEqualTo("m-gone");
        assertThat(all(Kind.OBSERVATION).get(1).body().fields())
                .extracting(field -> field.name())
                .contains("parameter.a b");
    }

    @Test
    void secretsAmongParametersAndTags_areMasked() throws Exception {
        database.run("r1", "FINISHED", 1_000);
        database.sql("INSERT INTO params VALUES ('db_password', 'hunter2', 'r1'), ('max_tokens', '512', 'r1')");
        database.sql("INSERT INTO tags VALUES ('mlflow.source.git.repoURL', 'https://ada:hunter3@git.example/x', 'r1'),"
                + " ('mlflow.source.name', 'train.py', 'r1'),"
                + " ('mlflow.project.entryPoint', 'python t.py --token hunter4', 'r1')");
        read();
        StoredRecord state = all(Kind.OBSERVATION).get(0);
        assertThat(text(state, "parameter.db_password")).isEqualTo("***");
        assertThat(text(state, "parameter.max_tokens")).isEqualTo("512");
        assertThat(text(state, "command")).isEqualTo("python t.py --token ***");
        for (StoredRecord record : site.records.list(Optional.empty(), -1, 100)) {
            assertThat(record.body().fields().toString()).doesNotContain("hunter");
        }
    }

    @Test
    void databaseOfSomethingElse_isRefused() throws Exception {
        List<Path> wrong = new ArrayList<>(List.of(directory.resolve("node.db"), directory.resolve("none.db")));
        wrong.add(Files.writeString(directory.resolve("text.db"), "no database at all, but long enough to be read"));
        for (Path each : wrong) {
            assertThatThrownBy(() -> MlflowReader.database(each, "mlflow").close())
                    .as(each.toString())
                    .isInstanceOfAny(VerificationException.class, IOException.class);
        }
        assertThatThrownBy(() -> MlflowCursor.parse("{]")).isInstanceOf(VerificationException.class);
    }
}
