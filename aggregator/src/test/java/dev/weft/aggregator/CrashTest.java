package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.aggregator.accept.AdminActions;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.SignedEnvelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start finds after a stop between two of the four steps: made by putting an older anchor or an older database
 * beside the newer other one, which is exactly what such a stop leaves.
 */
@SuppressWarnings("NullAway.Init")
final class CrashTest {
    @TempDir
    private Path folder;

    private Path directory;
    private Path older;
    private SignedEnvelope last;

    /** A stopped federation of three entries, and a copy of its files from when it had two. */
    @BeforeEach
    void stopped() throws Exception {
        directory = folder.resolve("a");
        older = Files.createDirectory(folder.resolve("older"));
        Lab lab = new Lab(directory);
        Site site = lab.join("hospital-a");
        lab.stop();
        keep("aggregator.db");
        keep("aggregator.anchor");
        lab.restart();
        last = site.next();
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        assertThat(stream.send(last).index(0)).isEqualTo(2);
        lab.close();
    }

    private void keep(String file) throws IOException {
        Files.copy(directory.resolve(file), older.resolve(file));
    }

    private void bringBack(String file) throws IOException {
        Files.copy(older.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        if (file.endsWith(".db")) {
            Files.deleteIfExists(directory.resolve(file + "-wal"));
            Files.deleteIfExists(directory.resolve(file + "-shm"));
        }
    }

    private OpenFederation open() throws Exception {
        return OpenFederation.open(Lab.config(directory), new SecureRandom(), Lab.CLOCK);
    }

    private void refusesToSign(Reason reason) {
        assertThatThrownBy(this::open).isInstanceOfSatisfying(VerificationException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.getMessage()).startsWith("Refusing to sign");
        });
    }

    @Test
    void anchorBehindTheDatabase_isContinuedAtStepTwo() throws Exception {
        bringBack("aggregator.anchor");
        try (OpenFederation federation = open()) {
            assertThat(federation.unpublished()).isEqualTo(1);
            assertThat(federation.appender().published().current().size()).isEqualTo(3);
            assertThat(federation.readers().entry(2)).isEqualTo(last.bytes());
        }
    }

    @Test
    void anchorOfTheDatabasesSize_isPublishedAsItStands() throws Exception {
        byte[] note = Files.readAllBytes(directory.resolve("aggregator.anchor"));
        try (OpenFederation federation = open()) {
            assertThat(federation.unpublished()).isZero();
            assertThat(federation.appender().published().current().note().toByteArray())
                    .isEqualTo(note);
        }
    }

    @Test
    void databaseLogAndAnchor_areTheirOwnersAlone() throws Exception {
        try (OpenFederation federation = open()) {
            assertThat(federation.unpublished()).isZero();
            for (String file : List.of("aggregator.db", "aggregator.db-wal", "aggregator.anchor")) {
                assertThat(mode(directory.resolve(file))).as(file).isEqualTo("rw-------");
            }
        }
        Path to = folder.resolve("kept");
        Backup.write(directory, to);
        assertThat(mode(to)).isEqualTo("rwx------");
        assertThat(mode(to.resolve("aggregator.db"))).isEqualTo("rw-------");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void tornTemporaryAnchor_isIgnored() throws Exception {
        Files.writeString(directory.resolve("aggregator.anchor.tmp"), "demo/log/1\n3");
        try (OpenFederation federation = open()) {
            assertThat(federation.appender().published().current().size()).isEqualTo(3);
        }
    }

    @Test
    void databaseBehindTheAnchor_refusesToSign() throws Exception {
        bringBack("aggregator.db");
        refusesToSign(Reason.ANCHOR_AHEAD);
    }

    @Test
    void lostAnchor_refusesToSign() throws Exception {
        Files.delete(directory.resolve("aggregator.anchor"));
        refusesToSign(Reason.ANCHOR_MISSING);
    }

    @Test
    void anchorOfAnotherLog_refusesToSign() throws Exception {
        Path other = folder.resolve("b");
        new Founding(new SecureRandom(), Lab.CLOCK).found(other, "other", Map.of());
        Files.copy(
                other.resolve("aggregator.anchor"),
                directory.resolve("aggregator.anchor"),
                StandardCopyOption.REPLACE_EXISTING);
        refusesToSign(Reason.ANCHOR_MISMATCH);
    }

    @Test
    void anotherHistoryOfTheSameSize_refusesToSign() throws Exception {
        Path anchored = Files.copy(directory.resolve("aggregator.anchor"), folder.resolve("anchored"));
        bringBack("aggregator.db");
        bringBack("aggregator.anchor");
        try (OpenFederation clone = open()) {
            // A cloned disk goes on with other entries, and then meets the anchor of the first.
            new AdminActions(clone.appender())
                    .suspend(new MemberName("hospital-a"))
                    .get();
        }
        Files.copy(anchored, directory.resolve("aggregator.anchor"), StandardCopyOption.REPLACE_EXISTING);
        refusesToSign(Reason.ANCHOR_MISMATCH);
    }

    @Test
    void changedEntry_isNoticedAtTheStart() throws Exception {
        execute("UPDATE log_entry SET entry = x'00' WHERE idx = 2");
        assertThatThrownBy(this::open).isInstanceOf(VerificationException.class);
    }

    @Test
    void secondInstance_isRefused() throws Exception {
        try (OpenFederation first = open()) {
            assertThat(first.unpublished()).isZero();
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            VerificationException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_RUNNING));
        }
    }

    @Test
    void newerSchema_isRefused() throws Exception {
        execute("INSERT INTO flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', checksum,"
                + " installed_by, installed_on, execution_time, success FROM flyway_schema_history"
                + " WHERE installed_rank = 1");
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SCHEMA_NEWER));
    }

    @Test
    void rebuild_givesTheSameGraphByteForByte() throws Exception {
        try (OpenFederation federation = open()) {
            assertThat(federation.unpublished()).isZero();
        }
        Rebuild.Result result = Rebuild.run(Lab.config(directory));
        assertThat(result.entries()).isEqualTo(3);
        assertThat(result.unprojected()).isZero();
        assertThat(result.after()).isEqualTo(result.before());
    }

    @Test
    void backup_hasEverythingButAnchorAndRootKey() throws Exception {
        Path to = folder.resolve("backup");
        Backup.write(directory, to);
        try (var files = Files.list(to)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("aggregator.db", "cosignatures.db", "aggregator.properties", "keys");
        }
        try (Connection connection = AggregatorDatabase.read(to);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM log_entry")) {
            assertThat(rows.getLong(1)).isEqualTo(3);
        }
    }

    private void execute(String... sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("aggregator.db"));
                Statement statement = connection.createStatement()) {
            for (String one : List.of(sql)) {
                statement.executeUpdate(one);
            }
        }
    }
}
