package dev.weft.aggregator.db;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AggregatorDatabaseTest {

    private static final String[] OLD = {"classpath:db/migration/sqlite"};
    private static final String[] NEXT = {"classpath:db/migration/sqlite", "classpath:db/next"};

    @TempDir
    Path directory;

    @Test
    void olderSchema_isMigratedAfterACopyForItsOwnerAlone() throws Exception {
        try (AggregatorDatabase old = AggregatorDatabase.open(directory, OLD)) {
            mark(old, 7);
        }
        assertThat(copies()).isEmpty();

        try (AggregatorDatabase now = AggregatorDatabase.open(directory, NEXT);
                Connection read = now.readers().getConnection()) {
            assertThat(text(read, "PRAGMA user_version")).isEqualTo("7");
            assertThat(text(read, "SELECT count(*) FROM probe")).isEqualTo("0");
        }

        assertThat(copies()).hasSize(1);
        Path copy = copies().get(0);
        assertThat(Files.getPosixFilePermissions(copy)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Connection read = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            assertThat(text(read, "PRAGMA user_version")).isEqualTo("7");
            assertThat(text(read, "PRAGMA integrity_check")).isEqualTo("ok");
            assertThat(text(read, "SELECT count(*) FROM sqlite_master WHERE name = 'probe'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void migrationAfterOneThatDiedBehindItsCopy_makesTheCopyAnew() throws Exception {
        AggregatorDatabase.open(directory, OLD).close();
        AggregatorDatabase.open(directory, NEXT).close();
        Path copy = copies().get(0);
        Files.delete(directory.resolve(AggregatorDatabase.FILE));
        // A kill between the copy and the first script: the database is still the old one, the copy may be half a copy.
        try (AggregatorDatabase old = AggregatorDatabase.open(directory, OLD)) {
            mark(old, 9);
        }
        Files.write(copy, new byte[0]);

        AggregatorDatabase.open(directory, NEXT).close();

        assertThat(copies()).containsExactly(copy);
        try (Connection read = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            assertThat(text(read, "PRAGMA user_version")).isEqualTo("9");
        }
    }

    @Test
    void newerSchema_isRefusedUntouched() throws Exception {
        AggregatorDatabase.open(directory, NEXT).close();
        byte[] before = Files.readAllBytes(directory.resolve(AggregatorDatabase.FILE));

        VerificationException refused =
                catchThrowableOfType(VerificationException.class, () -> AggregatorDatabase.open(directory, OLD));

        assertThat(refused.reason()).isEqualTo(Reason.SCHEMA_NEWER);
        assertThat(refused).hasMessageContaining("9000").hasMessageContaining("newer weft-aggregator");
        assertThat(Files.readAllBytes(directory.resolve(AggregatorDatabase.FILE)))
                .isEqualTo(before);
        AggregatorDatabase.open(directory, NEXT).close();
    }

    @Test
    void sameSchema_makesNoCopy() throws Exception {
        AggregatorDatabase.open(directory, OLD).close();
        AggregatorDatabase.open(directory, OLD).close();

        assertThat(copies()).isEmpty();
    }

    private List<Path> copies() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> each.getFileName().toString().startsWith("aggregator.db.v"))
                    .toList();
        }
    }

    /** A mark in the file's header, since what tables there are is another test's matter. */
    private static void mark(AggregatorDatabase database, int version) throws SQLException {
        execute(database.writer(), "PRAGMA user_version = " + version);
        database.writer().commit();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.getString(1);
        }
    }
}
