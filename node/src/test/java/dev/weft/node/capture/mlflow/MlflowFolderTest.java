package dev.weft.node.capture.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.capture.PlainJson;
import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A folder mlruns, as MLflow wrote it, as an old one did, and as somebody laid it out who means no good. */
class MlflowFolderTest {

    @TempDir
    Path directory;

    private FileStore store;
    private MlflowCursor cursor = MlflowCursor.start();

    @BeforeEach
    void lay() throws IOException {
        store = new FileStore(directory);
    }

    private List<String> read(MlflowReader reader) throws Exception {
        List<String> said = new ArrayList<>();
        try (reader) {
            reader.read(cursor, (records, runs, behind) -> {
                for (LineageRecord record : records) {
                    said.add(PlainJson.print(record).toString());
                }
                cursor = MlflowCursor.parse(behind.text());
            });
        }
        return said;
    }

    private List<String> read() throws Exception {
        return read(MlflowReader.folder(store.root, "mlflow"));
    }

    private static List<String> observations(List<String> records) {
        return records.stream().filter(text -> text.contains("\"observation\"")).toList();
    }

    @Test
    void sameStoreInFilesAndInADatabase_givesTheSameRecords() throws Exception {
        Path data = Files.writeString(directory.resolve("ward.csv"), "a,b\n1,2\n");
        Path model = Files.createDirectories(directory.resolve("artifacts"));
        Files.writeString(model.resolve("requirements.txt"), "numpy==2.0\n");
        Files.writeString(model.resolve("net.pkl"), "weights");
        long now = System.currentTimeMillis() + 60_000;
        TrackingDatabase database = new TrackingDatabase(directory.resolve("mlflow.db"));
        database.run("r1", "FINISHED", now);
        database.input("r1", "ward7", "1474f0d4", data);
        database.model("r1", "m-1", model);
        database.run("r2", "RUNNING", now + 1);
        database.run("r3", "KILLED", now + 2);
        database.sql("INSERT INTO params VALUES ('net/depth', '3', 'r3')");
        database.sql("INSERT INTO tags VALUES ('mlflow.source.git.commit', '" + "0f".repeat(20) + "', 'r1'),"
                + " ('mlflow.source.name', 'train.py', 'r1')");
        database.sql("INSERT INTO model_versions VALUES ('wardmodel', 1, 99, 'models:/m-1', 'r1')");
        store.run("r1", 3, now);
        store.input("r1", "ward7", "1474f0d4", data);
        store.model("r1", "m-1", model);
        store.run("r2", 1, now + 1);
        store.run("r3", 5, now + 2);
        FileStore.file(store.run("r3").resolve("params/net/depth"), "3");
        FileStore.file(store.run("r1").resolve("tags/mlflow.source.git.commit"), "0f".repeat(20));
        FileStore.file(store.run("r1").resolve("tags/mlflow.source.name"), "train.py");
        store.version("wardmodel", 1, "models:/m-1", "r1", 99);

        List<String> fromFiles = read();
        MlflowCursor behind = cursor;
        cursor = MlflowCursor.start();
        List<String> fromDatabase = read(MlflowReader.database(directory.resolve("mlflow.db"), "mlflow"));
        assertThat(fromFiles).isEqualTo(fromDatabase).hasSizeGreaterThan(8);
        assertThat(cursor).isEqualTo(behind);
    }

    @Test
    void secondImport_readsWhatIsNewOrWasGoingOn() throws Exception {
        for (int n = 0; n < 250; n++) {
            store.run("r" + n, 3, 1_000 + n);
        }
        store.run("going", 1, 500);
        assertThat(observations(read())).hasSize(251);
        assertThat(observations(read()))
                .as("one of the cursor's own moment, one that goes on")
                .hasSize(2);
        store.run("going", 3, 500);
        store.run("new", 3, 9_000);
        assertThat(observations(read()))
                .hasSize(3)
                .filteredOn(text -> text.contains("run:going"))
                .first()
                .asString()
                .contains("\"finished\"");
        assertThat(cursor.unfinished()).isEmpty();
    }

    @Test
    void importThatIsCutShort_goesOn() throws Exception {
        for (int n = 0; n < 250; n++) {
            store.run("r" + n, 3, 1_000 + n);
        }
        List<String> first = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (MlflowReader reader = MlflowReader.folder(store.root, "mlflow")) {
                        reader.read(cursor, (records, runs, behind) -> {
                            if (!first.isEmpty()) {
                                throw new IOException("the power went out");
                            }
                            records.forEach(
                                    record -> first.add(PlainJson.print(record).toString()));
                            cursor = behind;
                        });
                    }
                })
                .hasMessage("the power went out");
        assertThat(observations(first)).hasSize(200);
        assertThat(observations(read())).hasSize(51);
    }

    /** PyYAML writes such an id without quotes, and an older MLflow knew neither run_id nor steps. */
    @Test
    void whatAnotherVersionWrote_isReadAsItWasMeant() throws Exception {
        FileStore.file(store.run("12345e67").resolve("meta.yaml"), """
                artifact_uri: /nowhere
                end_time: 6
                experiment_id: 7
                run_uuid: 12345e67
                start_time: 5
                status: 4
                user_id: 1e3
                """);
        FileStore.file(store.run("12345e67").resolve("metrics/auc"), "1 0.5\n2 inf\n1 1.5e-3\n");
        FileStore.file(store.run("12345e67").resolve("metrics/f1"), "1 0.25 9 ward7 1474f0d4\n");
        store.run("deleted", 3, 5);
        Path meta = store.run("deleted").resolve("meta.yaml");
        Files.writeString(meta, Files.readString(meta).replace("active", "deleted"));
        List<String> said = read();
        assertThat(observations(said))
                .singleElement()
                .asString()
                .contains("12345e67", "\"failed\"", "\"auc\":\"Infinity\"", "\"f1\":0.25", "\"user\":\"1e3\"");
    }

    /** What the folder holds then, and why it is refused. */
    private record Hostile(Reason reason, Layout layout) {
        interface Layout {
            void lay(FileStore store) throws Exception;
        }
    }

    private static Map<String, Hostile> hostile() {
        Map<String, Hostile> all = new LinkedHashMap<>();
        all.put("parameter that is a link to a secret", new Hostile(Reason.FOREIGN_ORIGIN, store -> {
            FileStore.file(store.root.resolveSibling("secret"), "root:x");
            Files.createSymbolicLink(store.run("r1").resolve("params/leak"), store.root.resolveSibling("secret"));
        }));
        all.put(
                "run that is a link to a folder",
                new Hostile(
                        Reason.FOREIGN_ORIGIN, store -> Files.createSymbolicLink(store.run("r2"), store.run("r1"))));
        all.put("description that is a link", new Hostile(Reason.MALFORMED, store -> {
            Files.delete(store.run("r1").resolve("meta.yaml"));
            Files.createSymbolicLink(store.run("r1").resolve("meta.yaml"), Path.of("/etc/hostname"));
        }));
        all.put(
                "dataset outside of the store",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(
                                store.run("r1").resolve("inputs/i/meta.yaml"),
                                "source_id: ../../../etc\nsource_type: DATASET\n")));
        all.put(
                "model outside of the store",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(
                                store.run("r1").resolve("outputs/o/meta.yaml"),
                                "destination_id: ../../x\ndestination_type: MODEL_OUTPUT\n")));
        all.put(
                "run that says it is another one",
                new Hostile(Reason.MALFORMED, store -> Files.move(store.run("r1"), store.run("r9"))));
        all.put(
                "YAML that makes objects",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(
                                store.run("r1").resolve("meta.yaml"),
                                "run_id: !!java.net.URL [\"http://10.0.0.1/\"]\n")));
        all.put(
                "YAML of a billion laughs",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(store.run("r1").resolve("meta.yaml"), laughs())));
        all.put(
                "YAML without end",
                new Hostile(
                        Reason.TOO_LARGE,
                        store -> FileStore.file(
                                store.run("r1").resolve("meta.yaml"), "run_id: r1\n" + "#".repeat(1 << 20))));
        all.put(
                "YAML that is none",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(store.run("r1").resolve("meta.yaml"), "{]")));
        all.put(
                "status that is none",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(store.run("r1").resolve("meta.yaml"), "run_id: r1\nstatus: 99\n")));
        all.put(
                "metric that is a parameter",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(store.run("r1").resolve("metrics/bad"), "adam\n")));
        all.put(
                "metric without a value",
                new Hostile(
                        Reason.MALFORMED,
                        store -> FileStore.file(store.run("r1").resolve("metrics/bad"), "")));
        all.put(
                "metric of one endless line",
                new Hostile(
                        Reason.TOO_LARGE,
                        store -> FileStore.file(store.run("r1").resolve("metrics/bad"), "1".repeat(1 << 16))));
        all.put(
                "parameter without end",
                new Hostile(
                        Reason.TOO_LARGE,
                        store -> FileStore.file(store.run("r1").resolve("params/bad"), "x".repeat((1 << 20) + 1))));
        return all;
    }

    private static String laughs() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x]\n");
        for (int n = 1; n < 60; n++) {
            yaml.append("a%d: &a%d [*a%d, *a%d]\n".formatted(n, n, n - 1, n - 1));
        }
        return yaml.toString();
    }

    @TestFactory
    List<DynamicTest> hostileFolder_isRefusedByName() {
        List<DynamicTest> tests = new ArrayList<>();
        hostile()
                .forEach((name, hostile) -> tests.add(DynamicTest.dynamicTest(name, () -> {
                    store = new FileStore(Files.createTempDirectory(directory, "store"));
                    store.run("r1", 3, 5);
                    hostile.layout().lay(store);
                    cursor = MlflowCursor.start();
                    assertThatThrownBy(this::read)
                            .isInstanceOf(VerificationException.class)
                            .hasMessageContaining(store.root.toString())
                            .extracting(e -> ((VerificationException) e).reason())
                            .isEqualTo(hostile.reason());
                })));
        return tests;
    }

    @Test
    void folderOfSomethingElse_isRefused() {
        assertThatThrownBy(() -> MlflowReader.folder(directory, "mlflow"))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining("mlruns");
    }
}
