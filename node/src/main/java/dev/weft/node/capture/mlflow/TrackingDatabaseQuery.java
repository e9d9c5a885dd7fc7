package dev.weft.node.capture.mlflow;

import dev.weft.node.capture.mlflow.MlflowRun.Info;
import dev.weft.node.capture.mlflow.MlflowRun.Input;
import dev.weft.node.capture.mlflow.MlflowRun.Metric;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Reads an {@code mlflow.db} of MLflow 2 or 3 (tables of {@code mlflow/store/tracking/dbmodels}), which a server may be
 * writing meanwhile. Never writes.
 */
final class TrackingDatabaseQuery implements Tracking {

    private static final int PAGE = 200;
    private static final int BUSY_MILLIS = 10_000;
    private static final String RUN =
            "SELECT run_uuid, name, user_id, status, start_time, end_time, artifact_uri FROM runs";

    private final Connection connection;
    private final boolean loggedModels;
    private final boolean datasets;

    private TrackingDatabaseQuery(Connection connection) throws SQLException {
        this.connection = connection;
        this.loggedModels = exists("logged_models");
        this.datasets = exists("datasets");
    }

    static TrackingDatabaseQuery open(Path file) throws IOException, VerificationException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
            TrackingDatabaseQuery database = new TrackingDatabaseQuery(connection);
            if (!database.exists("runs") || !database.exists("experiments") || !database.exists("latest_metrics")) {
                connection.close();
                throw new VerificationException(
                        Reason.MALFORMED, file + " is a database, but not one of MLflow's: it has no table of runs");
            }
            return database;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("MLflow's database cannot be read: " + e.getMessage(), e);
    }

    private boolean exists(String table) throws SQLException {
        return !all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", List.of(table), row -> true)
                .isEmpty();
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> all(String sql, List<?> values, Row<T> row) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int n = 0; n < values.size(); n++) {
                select.setObject(n + 1, values.get(n));
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(row.read(rows));
                }
            }
            return found;
        }
    }

    @Override
    public List<Experiment> experiments() throws IOException {
        try {
            return all(
                    "SELECT experiment_id, name FROM experiments WHERE lifecycle_stage = 'active' ORDER BY experiment_id",
                    List.of(),
                    row -> new Experiment(row.getString(1), row.getString(2)));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The token is the last run's time and id: a page begins behind it, however many came meanwhile. */
    @Override
    public Page runs(Experiment experiment, long since, Optional<String> token) throws IOException {
        long time = token.map(text -> Long.parseLong(text.substring(0, text.indexOf(' '))))
                .orElse(since);
        String id = token.map(text -> text.substring(text.indexOf(' ') + 1)).orElse("");
        try {
            List<MlflowRun> runs = all(
                    RUN + " WHERE experiment_id = ? AND lifecycle_stage = 'active'"
                            + " AND (coalesce(start_time, 0), run_uuid) > (?, ?)"
                            + " ORDER BY coalesce(start_time, 0), run_uuid LIMIT " + PAGE,
                    List.of(Long.parseLong(experiment.id()), time, id),
                    TrackingDatabaseQuery::run);
            fill(runs);
            if (runs.size() < PAGE) {
                return new Page(runs, Optional.empty());
            }
            Info last = runs.get(runs.size() - 1).info();
            return new Page(runs, Optional.of(last.started() + " " + last.id()));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<MlflowRun> run(String id) throws IOException {
        try {
            List<MlflowRun> runs = all(
                    RUN + " WHERE run_uuid = ? AND lifecycle_stage = 'active'",
                    List.of(id),
                    TrackingDatabaseQuery::run);
            fill(runs);
            return runs.stream().findFirst();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static MlflowRun run(ResultSet row) throws SQLException {
        long ended = row.getLong(6);
        return new MlflowRun(new Info(
                row.getString(1),
                text(row, 2),
                text(row, 3),
                text(row, 4),
                row.getLong(5),
                ended == 0 ? OptionalLong.empty() : OptionalLong.of(ended),
                text(row, 7)));
    }

    private static String text(ResultSet row, int column) throws SQLException {
        @Nullable String text = row.getString(column);
        return text == null ? "" : text;
    }

    /** What belongs to a page of runs, in one question a table. */
    private void fill(List<MlflowRun> runs) throws SQLException {
        if (runs.isEmpty()) {
            return;
        }
        Map<String, MlflowRun> byId = new LinkedHashMap<>();
        runs.forEach(run -> byId.put(run.info().id(), run));
        each(
                "SELECT run_uuid, key, value FROM params WHERE run_uuid IN ",
                byId,
                (run, row) -> run.data().params().put(row.getString(2), text(row, 3)));
        each(
                "SELECT run_uuid, key, value FROM tags WHERE run_uuid IN ",
                byId,
                (run, row) -> run.data().tags().put(row.getString(2), text(row, 3)));
        each(
                "SELECT run_uuid, key, value, is_nan, step FROM latest_metrics WHERE run_uuid IN ",
                byId,
                (run, row) -> run.data().metrics().put(row.getString(2), metric(row)));
        if (datasets) {
            inputs(byId);
        }
        if (loggedModels) {
            each(
                    "SELECT source_id, destination_id FROM inputs WHERE destination_type = 'MODEL_INPUT' AND source_id IN ",
                    byId,
                    (run, row) -> run.artifacts().modelsIn().add(row.getString(2)));
            each(
                    "SELECT source_id, destination_id FROM inputs WHERE destination_type = 'MODEL_OUTPUT' AND source_id IN ",
                    byId,
                    (run, row) -> run.artifacts().modelsOut().add(row.getString(2)));
            each(
                    "SELECT source_run_id, model_id FROM logged_models WHERE lifecycle_stage = 'active' AND source_run_id IN ",
                    byId,
                    (run, row) -> run.artifacts().modelsOut().add(row.getString(2)));
        }
    }

    private static Metric metric(ResultSet row) throws SQLException {
        return new Metric(row.getBoolean(4) ? Double.NaN : row.getDouble(3), row.getLong(5));
    }

    private void inputs(Map<String, MlflowRun> byId) throws SQLException {
        String sql = "SELECT i.destination_id, d.name, d.digest, d.dataset_source_type, d.dataset_source,"
                + " d.dataset_schema, d.dataset_profile, (SELECT value FROM input_tags t"
                + " WHERE t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context') FROM inputs i"
                + " JOIN datasets d ON d.dataset_uuid = i.source_id WHERE i.source_type = 'DATASET'"
                + " AND i.destination_type = 'RUN' AND i.destination_id IN ";
        each(
                sql,
                byId,
                (run, row) -> run.artifacts()
                        .datasets()
                        .add(new Input(
                                text(row, 2),
                                text(row, 3),
                                text(row, 8),
                                text(row, 4),
                                text(row, 5),
                                text(row, 6),
                                text(row, 7))));
    }

    private interface Part {
        void add(MlflowRun run, ResultSet row) throws SQLException;
    }

    /** The first column is the run's id. */
    private void each(String sql, Map<String, MlflowRun> byId, Part part) throws SQLException {
        String marks = String.join(",", Collections.nCopies(byId.size(), "?"));
        List<Boolean> unused = all(sql + "(" + marks + ")", List.copyOf(byId.keySet()), row -> {
            MlflowRun run = byId.get(row.getString(1));
            if (run != null) {
                part.add(run, row);
            }
            return true;
        });
    }

    @Override
    public Optional<LoggedModel> model(String id) throws IOException {
        if (!loggedModels) {
            return Optional.empty();
        }
        try {
            return all(
                            "SELECT name, artifact_location, model_type FROM logged_models WHERE model_id = ?",
                            List.of(id),
                            row -> new LoggedModel(
                                    id,
                                    text(row, 1),
                                    Optional.ofNullable(row.getString(2)),
                                    Optional.ofNullable(row.getString(3))))
                    .stream()
                    .findFirst();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public List<ModelVersion> versions(long since) throws IOException {
        try {
            if (!exists("model_versions")) {
                return List.of();
            }
            return all(
                    "SELECT name, version, run_id, source, creation_time FROM model_versions WHERE creation_time >= ?"
                            + " ORDER BY creation_time, name, version",
                    List.of(since),
                    row -> new ModelVersion(
                            row.getString(1),
                            row.getString(2),
                            Optional.ofNullable(row.getString(3)).filter(run -> !run.isBlank()),
                            Optional.ofNullable(row.getString(4)),
                            row.getLong(5)));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
