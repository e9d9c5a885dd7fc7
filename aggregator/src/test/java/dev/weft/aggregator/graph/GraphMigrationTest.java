package dev.weft.aggregator.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.aggregator.TestLog;
import dev.weft.aggregator.Training;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.statement.EnvelopeOpener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database whose graph has the older shape: it is dropped, and the log tells it anew. */
class GraphMigrationTest {
    @TempDir
    Path directory;

    @Test
    void graphOfTheOlderShape_isDropped_andProjectedAnewToTheSame() throws Exception {
        Digest before;
        int entries;
        Path now = Files.createDirectory(directory.resolve("now"));
        try (TestLog log = new TestLog(now)) {
            new Training(log, 3).round();
            before = GraphDump.of(log.writer(), TestLog.FEDERATION);
            entries = log.statements().size();
        }
        makeOlder(now);

        try (AggregatorDatabase database = AggregatorDatabase.open(directory);
                JdbcLogStore store = new JdbcLogStore(database.writer(), TestLog.FEDERATION)) {
            Connection writer = database.writer();
            assertThat(directory.resolve(AggregatorDatabase.FILE + ".v2")).exists();
            assertThat(ProjectionStore.next(writer, TestLog.FEDERATION)).isZero();
            assertThat(ProjectionStore.unprojected(writer, TestLog.FEDERATION)).isZero();
            GraphStore graph = new GraphStore(TestLog.FEDERATION);
            for (int i = 0; i < entries; i++) {
                graph.project(writer, i, EnvelopeOpener.open(store.entry(i)).statement());
            }
            assertThat(GraphDump.of(writer, TestLog.FEDERATION)).isEqualTo(before);
            writer.rollback();
        }
    }

    /** What a program of schema 2 would have left: the same log, and some graph. */
    private void makeOlder(Path log) throws Exception {
        String file = "jdbc:sqlite:" + directory.resolve(AggregatorDatabase.FILE);
        Flyway.configure()
                .dataSource(file, null, null)
                .locations("classpath:db/migration/sqlite")
                .target("2")
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(file);
                Statement statement = connection.createStatement()) {
            statement.execute("ATTACH '" + log.resolve(AggregatorDatabase.FILE) + "' AS new");
            for (String table : List.of("federation", "log_entry", "log_tile", "log_head", "projection")) {
                statement.execute("INSERT INTO main." + table + " SELECT * FROM new." + table);
            }
            statement.execute("INSERT INTO vertex VALUES (1, 1, 1, x'00', x'00')");
            statement.execute("INSERT INTO unprojected VALUES (1, 1, 'by an older projection')");
        }
    }
}
