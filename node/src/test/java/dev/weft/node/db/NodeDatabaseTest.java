package dev.weft.node.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDatabaseTest {

    private static final List<String> OLD = List.of("classpath:db/migration/node");
    private static final List<String> NEXT = List.of("classpath:db/migration/node", "classpath:db/next");

    @TempDir
    Path directory;

    @Test
    void secondInstance_isRefusedUntilTheFirstIsGone() throws Exception {
        NodeDatabase first = NodeDatabase.open(directory);

        VerificationException refused =
                catchThrowableOfType(VerificationException.class, () -> NodeDatabase.open(directory));

        assertThat(refused.reason()).isEqualTo(Reason.ALREADY_RUNNING);
        assertThat(refused)
                .hasMessageContaining("process " + ProcessHandle.current().pid());
        first.close();
        NodeDatabase.open(directory).close();
    }

    @Test
    void newerSchema_isRefusedUntouched() throws Exception {
        NodeDatabase.open(directory, NEXT).close();
        byte[] before = Files.readAllBytes(directory.resolve("node.db"));

        VerificationException refused =
                catchThrowableOfType(VerificationException.class, () -> NodeDatabase.open(directory, OLD));

        assertThat(refused.reason()).isEqualTo(Reason.SCHEMA_NEWER);
        assertThat(Files.readAllBytes(directory.resolve("node.db"))).isEqualTo(before);
        NodeDatabase.open(directory, NEXT).close();
    }

    @Test
    void olderSchema_isMigratedAfterACopy() throws Exception {
        try (NodeDatabase old = NodeDatabase.open(directory, OLD)) {
            assertThat(old.copyBeforeMigration()).isEmpty();
            old.writer()
                    .submit(connection -> execute(connection, "INSERT INTO source (name) VALUES ('dvc')"))
                    .get();
        }

        try (NodeDatabase now = NodeDatabase.open(directory, NEXT)) {
            Path copy = now.copyBeforeMigration().orElseThrow();
            try (Connection read = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
                assertThat(text(read, "SELECT name FROM source")).isEqualTo("dvc");
                assertThat(text(read, "SELECT count(*) FROM sqlite_master WHERE name = 'probe'"))
                        .isEqualTo("0");
            }
            try (Connection read = now.readers().getConnection()) {
                assertThat(text(read, "SELECT count(*) FROM probe")).isEqualTo("0");
            }
        }
        try (NodeDatabase again = NodeDatabase.open(directory, NEXT)) {
            assertThat(again.copyBeforeMigration()).isEmpty();
        }
    }

    @Test
    void connections_areSetUpAsPromised() throws Exception {
        try (NodeDatabase database = NodeDatabase.open(directory)) {
            assertThat(pragma(database, "PRAGMA journal_mode")).isEqualTo("wal");
            assertThat(pragma(database, "PRAGMA synchronous")).isEqualTo("2");
            assertThat(pragma(database, "PRAGMA foreign_keys")).isEqualTo("1");
            assertThat(pragma(database, "PRAGMA busy_timeout")).isEqualTo("5000");
            assertThat(pragma(database, "PRAGMA secure_delete")).isEqualTo("1");
            try (Connection read = database.readers().getConnection()) {
                assertThatThrownBy(() -> execute(read, "INSERT INTO source (name) VALUES ('x')"))
                        .isInstanceOf(SQLException.class);
            }
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("node.db")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void backup_isAWholeDatabase() throws Exception {
        Path target = directory.resolve("backup.db");
        try (NodeDatabase database = NodeDatabase.open(directory)) {
            database.write(connection -> execute(connection, "INSERT INTO source (name) VALUES ('dvc')"));
            database.backup(target);
        }
        try (Connection read = DriverManager.getConnection("jdbc:sqlite:" + target)) {
            assertThat(text(read, "SELECT name FROM source")).isEqualTo("dvc");
            assertThat(text(read, "PRAGMA integrity_check")).isEqualTo("ok");
        }
    }

    private static String pragma(NodeDatabase database, String pragma) throws Exception {
        return database.write(connection -> text(connection, pragma));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.getString(1);
        }
    }
}
