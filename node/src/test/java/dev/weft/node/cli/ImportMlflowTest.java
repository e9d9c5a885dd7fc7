package dev.weft.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.capture.mlflow.TrackingDatabase;
import dev.weft.node.http.RunningNode;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportMlflowTest {
    @TempDir
    Path work;

    private Path home;
    private RunningNode node;
    private TrackingDatabase database;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        home = Files.createDirectories(work.resolve("node"));
        node = new RunningNode(home);
        database = new TrackingDatabase(work.resolve("mlflow.db"));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private int load() {
        out.getBuffer().setLength(0);
        Console console = new Console(
                new PrintWriter(out, true), new PrintWriter(err, true), new ByteArrayInputStream(new byte[0]));
        return Main.execute(
                console, "import", "mlflow", work.resolve("mlflow.db").toString(), "--dir", home.toString());
    }

    @Test
    void runWithATimeThatNoRecordHolds_isRefusedByItsIdAndNoOther() throws Exception {
        database.run("r1", "FINISHED", 1_000);
        database.run("broken", "FINISHED", Long.MAX_VALUE - 1_000);
        assertThat(load()).as(err.toString()).isEqualTo(Exit.USAGE);
        assertThat(out.toString()).contains("2 runs read", "1 refused", "state:broken:", "bad-value");

        database.run("r2", "FINISHED", 2_000);
        assertThat(load()).isEqualTo(Exit.USAGE);
        assertThat(out.toString())
                .as("a run that began after a good one is not behind the broken one")
                .contains("3 runs read", "state:broken:");
    }
}
