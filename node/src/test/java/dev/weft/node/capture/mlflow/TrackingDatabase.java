package dev.weft.node.capture.mlflow;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** An mlflow.db with the tables and columns of MLflow 3.17 that matter. */
public final class TrackingDatabase {

    static final String EXPERIMENT = "7";

    private final Path file;

    /** Makes the file. */
    public TrackingDatabase(Path file) throws SQLException {
        this.file = file;
        sql("""
                CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), lifecycle_stage VARCHAR(32));
                CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), user_id VARCHAR(256),
                    status VARCHAR(9), start_time BIGINT, end_time BIGINT, lifecycle_stage VARCHAR(20),
                    artifact_uri VARCHAR(200), experiment_id INTEGER);
                CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
                CREATE TABLE tags (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
                CREATE TABLE latest_metrics (key VARCHAR(250), value DOUBLE, timestamp BIGINT, step BIGINT,
                    is_nan BOOLEAN, run_uuid VARCHAR(32));
                CREATE TABLE datasets (dataset_uuid VARCHAR(36), experiment_id INTEGER, name VARCHAR(500), digest VARCHAR(36),
                    dataset_source_type VARCHAR(36), dataset_source TEXT, dataset_schema TEXT, dataset_profile TEXT);
                CREATE TABLE inputs (input_uuid VARCHAR(36), source_type VARCHAR(36), source_id VARCHAR(36),
                    destination_type VARCHAR(36), destination_id VARCHAR(36), step BIGINT);
                CREATE TABLE input_tags (input_uuid VARCHAR(36), name VARCHAR(255), value VARCHAR(500));
                CREATE TABLE logged_models (model_id VARCHAR(34), experiment_id INTEGER, name VARCHAR(500),
                    artifact_location VARCHAR(1000), lifecycle_stage VARCHAR(32), model_type VARCHAR(500),
                    source_run_id VARCHAR(32));
                CREATE TABLE model_versions (name VARCHAR(256), version INTEGER, creation_time BIGINT, source VARCHAR(500),
                    run_id VARCHAR(32));
                INSERT INTO experiments VALUES (7, 'wards', 'active'), (8, 'thrown away', 'deleted');
                """);
    }

    /** Runs SQL as the server would. */
    public void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** One run with a parameter, two metrics and a tag. */
    public void run(String id, String status, long start) throws SQLException {
        String end = status.equals("RUNNING") ? "NULL" : Long.toString(start + 1_000);
        sql("INSERT INTO runs VALUES ('%s', 'name', 'grace', '%s', %d, %s, 'active', '/nowhere', 7);"
                        .formatted(id, status, start, end)
                + "INSERT INTO params VALUES ('lr', '0.1', '%s');".formatted(id)
                + "INSERT INTO latest_metrics VALUES ('auc', 0.91, 1, 4, 0, '%s'), ('loss', 0, 1, 4, 1, '%s');"
                        .formatted(id, id)
                + "INSERT INTO tags VALUES ('mlflow.user', 'grace', '%s');".formatted(id));
    }

    /** A dataset that a run took. */
    void input(String run, String name, String digest, Path file) throws SQLException {
        String id = run + name;
        sql(
                "INSERT INTO datasets VALUES ('%s', 7, '%s', '%s', 'local', '{\"uri\": \"%s\"}', '{}', '{\"num_rows\": 3}');"
                                .formatted(id, name, digest, file)
                        + "INSERT INTO inputs VALUES ('i%s', 'DATASET', '%s', 'RUN', '%s', 0);".formatted(id, id, run)
                        + "INSERT INTO input_tags VALUES ('i%s', 'mlflow.data.context', 'training');".formatted(id));
    }

    /** A model that a run logged. */
    void model(String run, String id, Path folder) throws SQLException {
        sql("INSERT INTO logged_models VALUES ('%s', 7, 'net', '%s', 'active', 'sklearn', '%s');"
                        .formatted(id, folder, run)
                + "INSERT INTO inputs VALUES ('o%s', 'RUN_OUTPUT', '%s', 'MODEL_OUTPUT', '%s', 0);"
                        .formatted(id, run, id));
    }
}
