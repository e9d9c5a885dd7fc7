package dev.weft.it.load;

import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An mlflow.db of many runs, as a group of some years has it, and how long a node takes to import it. */
final class MlflowHistory {
    private static final int EACH = 10;
    private static final List<String> TABLES = List.of(
            "CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, lifecycle_stage TEXT)",
            "CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, user_id TEXT, status TEXT, start_time BIGINT,"
                    + " end_time BIGINT, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER)",
            "CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)",
            "CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT)",
            "CREATE TABLE latest_metrics (key TEXT, value DOUBLE, timestamp BIGINT, step BIGINT, is_nan BOOLEAN, run_uuid TEXT)",
            "CREATE INDEX p ON params (run_uuid)",
            "CREATE INDEX t ON tags (run_uuid)",
            "CREATE INDEX m ON latest_metrics (run_uuid)",
            "INSERT INTO experiments VALUES (1, 'wards', 'active')");

    private MlflowHistory() {}

    /** What an import took. */
    record Imported(double seconds, double megabytes, String said) {}

    static void write(Path file, int runs) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                    statement.executeUpdate(table);
                }
            }
            rows(
                    connection,
                    runs,
                    1,
                    "INSERT INTO runs VALUES (?1, 'run ' || ?2, 'grace', 'FINISHED', ?3, 9999999, 'active', '/x', 1)");
            rows(connection, runs, EACH, "INSERT INTO params VALUES ('param' || ?2, 'value ' || ?3, ?1)");
            rows(connection, runs, EACH, "INSERT INTO tags VALUES ('tag' || ?2, 'value ' || ?3, ?1)");
            rows(connection, runs, EACH, "INSERT INTO latest_metrics VALUES ('metric' || ?2, ?3 / 7.0, 1, 100, 0, ?1)");
            connection.commit();
        }
    }

    /** The parameters are the run's id, the number of the row in it, and the number of the run. */
    private static void rows(Connection connection, int runs, int each, String sql) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int run = 0; run < runs; run++) {
                for (int row = 0; row < each; row++) {
                    insert.setString(1, "%032x".formatted(run));
                    insert.setInt(2, row);
                    insert.setLong(3, 1_000_000L + run);
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
    }

    /** With the command that a user types; the memory is the most that its process had resident. */
    static Imported read(SiteNode node, Path file) throws IOException {
        long start = System.nanoTime();
        Process process = node.start("import", "mlflow", file.toString(), "--json");
        double most = 0;
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                double now = Kernel.residentMegabytes(process.pid());
                most = now > most ? now : most; // no number once it has ended
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while runs were imported", e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Imported(seconds, most, "exit " + process.exitValue());
    }
}
