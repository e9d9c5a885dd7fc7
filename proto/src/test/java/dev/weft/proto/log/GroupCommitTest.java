package dev.weft.proto.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupCommitTest {
    @TempDir
    Path dir;

    private Connection connection;
    private Connection reader;
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger rollbacks = new AtomicInteger();
    private final GroupCommit.AfterCommit counting = new GroupCommit.AfterCommit() {
        @Override
        public void committed() {
            commits.incrementAndGet();
        }

        @Override
        public void rolledBack() {
            rollbacks.incrementAndGet();
        }
    };

    @BeforeEach
    void open() throws SQLException {
        connection = Sqlite.open(dir.resolve("t.db"));
        reader = Sqlite.open(dir.resolve("t.db"));
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        reader.close();
    }

    /** Ends no transaction by the clock, so that a slow machine splits nothing. */
    private GroupCommit patient(Connection on) {
        return new GroupCommit(on, counting, new GroupCommit.Limits(1_000, 1_000, Duration.ofMinutes(1)));
    }

    private static GroupCommit.Work<String> insert(String value) {
        return insert(value, 0);
    }

    private static GroupCommit.Work<String> insert(String value, int filler) {
        return c -> {
            try (PreparedStatement insert = c.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                insert.setString(1, value);
                insert.setBytes(2, new byte[filler]);
                insert.executeUpdate();
            }
            return value;
        };
    }

    private List<String> stored() throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery("SELECT v FROM t ORDER BY v")) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** Holds the writer until it is let go, so that works queue up into one transaction. */
    private static CountDownLatch hold(GroupCommit writer) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        var unused = writer.submit(c -> {
            running.countDown();
            return go.await(30, TimeUnit.SECONDS);
        });
        running.await();
        return go;
    }

    private static void failsWith(CompletableFuture<?> future, Reason reason) {
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void submit_manyAtOnce_shareOneCommitAndAreDurableWhenAnswered() throws Exception {
        try (GroupCommit writer = patient(connection)) {
            CountDownLatch go = hold(writer);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(writer.submit(insert("v" + (100 + i))));
            }
            go.countDown();
            for (int i = 0; i < 100; i++) {
                assertThat(answers.get(i).get()).isEqualTo("v" + (100 + i));
            }
            assertThat(stored()).hasSize(100);
            assertThat(commits).hasValue(1);
        }
    }

    @Test
    void submit_oneFails_isRolledBackAlone() throws Exception {
        try (GroupCommit writer = patient(connection)) {
            CountDownLatch go = hold(writer);
            CompletableFuture<String> first = writer.submit(insert("a"));
            CompletableFuture<String> half = writer.submit(c -> {
                insert("half").run(c);
                throw new IOException("no");
            });
            CompletableFuture<String> twice = writer.submit(insert("a"));
            CompletableFuture<String> last = writer.submit(insert("b"));
            go.countDown();
            assertThat(first.get()).isEqualTo("a");
            assertThatThrownBy(half::get).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(twice::get).hasCauseInstanceOf(SQLException.class);
            assertThat(last.get()).isEqualTo("b");
            assertThat(stored()).containsExactly("a", "b");
            assertThat(rollbacks).hasValue(2);
            assertThat(commits).hasValue(1);
        }
    }

    @Test
    void submit_queueFull_isRefusedAsBusy() throws Exception {
        try (GroupCommit writer =
                new GroupCommit(connection, counting, new GroupCommit.Limits(2, 10, Duration.ofSeconds(1)))) {
            CountDownLatch go = hold(writer);
            CompletableFuture<String> a = writer.submit(insert("a"));
            CompletableFuture<String> b = writer.submit(insert("b"));
            failsWith(writer.submit(insert("c")), Reason.BUSY);
            assertThat(writer.waiting()).isEqualTo(2);
            go.countDown();
            a.get();
            b.get();
            assertThat(writer.submit(insert("d")).get()).isEqualTo("d");
            assertThat(stored()).containsExactly("a", "b", "d");
        }
    }

    @Test
    void submit_moreThanOneTransactionTakes_areSplit() throws Exception {
        try (GroupCommit writer =
                new GroupCommit(connection, counting, new GroupCommit.Limits(100, 10, Duration.ofSeconds(10)))) {
            CountDownLatch go = hold(writer);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 29; i++) {
                answers.add(writer.submit(insert("v" + i)));
            }
            go.countDown();
            for (CompletableFuture<String> answer : answers) {
                answer.get();
            }
            assertThat(commits).hasValue(3);
        }
    }

    @Test
    void close_worksWaiting_finishesThemAndTakesNoMore() throws Exception {
        GroupCommit writer = patient(connection);
        CountDownLatch go = hold(writer);
        CompletableFuture<String> waiting = writer.submit(insert("a"));
        go.countDown();
        writer.close();
        assertThat(waiting).isCompletedWithValue("a");
        failsWith(writer.submit(insert("b")), Reason.SHUTDOWN);
        assertThat(stored()).containsExactly("a");
    }

    @Test
    void submit_diskFull_failsAndGoesOnWhenThereIsRoom() throws Exception {
        try (GroupCommit writer = patient(connection)) {
            writer.submit(insert("before")).get();
            writer.submit(c -> {
                        Sqlite.run(c, "PRAGMA max_page_count = 40");
                        return "";
                    })
                    .get();
            CountDownLatch go = hold(writer);
            List<CompletableFuture<String>> big = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                big.add(writer.submit(insert("big" + i, 60_000)));
            }
            go.countDown();
            int failed = 0;
            for (CompletableFuture<String> each : big) {
                if (each.handle((value, why) -> why != null).get()) {
                    failsWith(each, Reason.DISK_FULL);
                    failed++;
                }
            }
            assertThat(failed).isGreaterThan(7);
            assertThat(stored()).hasSize(1 + 10 - failed);
            writer.submit(c -> {
                        Sqlite.run(c, "PRAGMA max_page_count = 100000");
                        return "";
                    })
                    .get();
            assertThat(writer.submit(insert("after", 60_000)).get()).isEqualTo("after");
            assertThat(stored()).hasSize(12 - failed).contains("before", "after");
        }
    }

    @Test
    void log_diskFull_keepsWhatItHadAndGoesOnWhenThereIsRoom() throws Exception {
        connection.setAutoCommit(false);
        TransparencyLog log = TransparencyLog.open(new JdbcLogStore(connection, 1));
        List<ByteString> big = List.of(ByteString.copyFrom(new byte[60_000]));
        try (GroupCommit writer = new GroupCommit(connection, new GroupCommit.AfterCommit() {
            @Override
            public void committed() {}

            @Override
            public void rolledBack() {
                log.rolledBack();
            }
        })) {
            writer.submit(c -> log.append(big)).get();
            writer.submit(c -> {
                        Sqlite.run(c, "PRAGMA max_page_count = 40");
                        return "";
                    })
                    .get();
            for (int i = 0; i < 3; i++) {
                failsWith(
                        writer.submit(c -> log.append(List.of(big.get(0), big.get(0), big.get(0)))), Reason.DISK_FULL);
            }
            assertThat(log.head().size()).isEqualTo(1);
            writer.submit(c -> {
                        Sqlite.run(c, "PRAGMA max_page_count = 100000");
                        return "";
                    })
                    .get();
            assertThat(writer.submit(c -> log.append(big)).get().size()).isEqualTo(2);
            assertThat(TransparencyLog.open(new JdbcLogStore(reader, 1)).head().size())
                    .isEqualTo(2);
        }
    }

    @Test
    void committed_throws_worksFailAndTheWriterStops() throws Exception {
        GroupCommit writer = new GroupCommit(connection, () -> {
            throw new IOException("the anchor's disk is gone");
        });
        failsWith(writer.submit(insert("a")), Reason.STOPPED);
        assertThat(writer.stopped()).isPresent();
        failsWith(writer.submit(insert("b")), Reason.STOPPED);
        assertThat(stored()).containsExactly("a");
        writer.close();
    }

    @Test
    void commit_failsAndStateIsUnknown_stops() throws Exception {
        Connection broken = failingCommit(connection, new SQLException("disk I/O error", null, 10));
        try (GroupCommit writer = patient(broken)) {
            failsWith(writer.submit(insert("a")), Reason.STOPPED);
            failsWith(writer.submit(insert("b")), Reason.STOPPED);
            assertThat(stored()).isEmpty();
            assertThat(commits).hasValue(0);
        }
    }

    @Test
    void commit_failsForAFullDisk_isRolledBackAndGoesOn() throws Exception {
        Connection broken = failingCommit(connection, new SQLException("database or disk is full", null, 13));
        try (GroupCommit writer = patient(broken)) {
            failsWith(writer.submit(insert("a")), Reason.DISK_FULL);
            assertThat(writer.submit(insert("b")).get()).isEqualTo("b");
            assertThat(stored()).containsExactly("b");
            assertThat(rollbacks).hasValue(1);
        }
    }

    @Test
    void submit_databaseGivesTheTransactionUp_allOfItFailsAndTheNextIsTried() throws Exception {
        try (GroupCommit writer = patient(connection)) {
            CountDownLatch go = hold(writer);
            CompletableFuture<String> innocent = writer.submit(insert("a"));
            CompletableFuture<String> swallows = writer.submit(c -> {
                Sqlite.run(c, "ROLLBACK");
                return "as SQLite does by itself on some errors";
            });
            go.countDown();
            assertThatThrownBy(innocent::get).hasCauseInstanceOf(SQLException.class);
            assertThatThrownBy(swallows::get).hasCauseInstanceOf(SQLException.class);
            assertThat(stored()).isEmpty();
            CompletableFuture<String> failing = writer.submit(c -> {
                insert("half").run(c);
                throw new IOException("no");
            });
            assertThatThrownBy(failing::get).hasCauseInstanceOf(IOException.class);
            assertThat(writer.submit(insert("b")).get()).isEqualTo("b");
            assertThat(stored()).containsExactly("b");
        }
    }

    /** The first commit fails and does not happen. */
    private static Connection failingCommit(Connection real, SQLException failure) {
        AtomicInteger commits = new AtomicInteger();
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if ("commit".equals(method.getName()) && commits.getAndIncrement() == 0) {
                        throw failure;
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
