package dev.weft.proto.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransparencyLogTest {
    @TempDir
    Path dir;

    private Connection connection;
    private JdbcLogStore store;
    private TransparencyLog log;
    private final List<Digest> leaves = new ArrayList<>();
    private final List<TreeHead> heads = new ArrayList<>(List.of(TreeHead.EMPTY));
    private final Frontier truth = Frontier.empty();

    @BeforeEach
    void open() throws SQLException, VerificationException {
        connection = Sqlite.open(dir.resolve("log.db"));
        connection.setAutoCommit(false);
        store = new JdbcLogStore(connection, 7);
        log = TransparencyLog.open(store);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static ByteString entry(long index) {
        return ByteString.copyFromUtf8("entry " + index);
    }

    private void append(int count) {
        List<ByteString> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteString entry = entry(leaves.size());
            entries.add(entry);
            leaves.add(MerkleMath.leafHash(entry));
            truth.append(MerkleMath.leafHash(entry));
            heads.add(truth.head());
        }
        assertThat(log.append(entries)).isEqualTo(truth.head());
    }

    private void commit() throws SQLException {
        connection.commit();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 255, 256, 257, 511, 512, 1000, 65_537})
    void append_anySize_headAndProofsAreThoseOfTheMath(int size) throws SQLException, VerificationException {
        Random random = new Random(size);
        while (leaves.size() < size) {
            append(Math.min(1 + random.nextInt(Math.max(1, size / 5)), size - leaves.size()));
        }
        commit();
        assertThat(log.head()).isEqualTo(heads.get(size));
        TransparencyLog reopened = TransparencyLog.open(store);
        for (int i = 0; i < 200 && size > 0; i++) {
            int at = 1 + random.nextInt(size);
            int index = random.nextInt(at);
            for (TransparencyLog each : List.of(log, reopened)) {
                InclusionProof inclusion = each.inclusion(index, at);
                inclusion.verify(leaves.get(index), heads.get(at));
                each.consistency(index, at).verify(heads.get(index), heads.get(at));
            }
        }
        assertThat(reopened.head()).isEqualTo(log.head());
        assertThat(reopened.recomputeFromStore(0)).isEqualTo(log.head());
    }

    @Test
    void append_upToManySizes_storesFullTilesOnly() throws SQLException {
        append(1000);
        commit();
        assertThat(store.tile(0, 2))
                .hasValueSatisfying(tile -> assertThat(tile.size()).isEqualTo(8192));
        assertThat(store.tile(0, 3)).isEmpty();
        assertThat(store.tile(1, 0)).isEmpty();
        for (TilePath tile : TilePath.of(0, 1000)) {
            ByteString hashes = log.view().tile(tile);
            for (int i = 0; i < tile.width(); i++) {
                assertThat(Digest.of(hashes.substring(32 * i, 32 * i + 32)))
                        .isEqualTo(leaves.get((int) tile.index() * 256 + i));
            }
        }
    }

    @Test
    void view_afterLaterAppends_staysAtItsHead() throws SQLException, VerificationException {
        append(700);
        commit();
        LogView view = log.view();
        append(700);
        commit();
        assertThat(view.head()).isEqualTo(heads.get(700));
        view.inclusion(699, 700).verify(leaves.get(699), heads.get(700));
        assertThatThrownBy(() -> view.inclusion(700, 701)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.hash(0, 700)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void view_overAnotherConnection_provesTheSame() throws SQLException, VerificationException {
        append(3000);
        commit();
        try (Connection other = Sqlite.open(dir.resolve("log.db"));
                JdbcLogStore reader = new JdbcLogStore(other, 7)) {
            LogView built = TransparencyLog.view(reader, heads.get(2900));
            LogView shared = log.view().over(reader);
            for (int index = 0; index < 2900; index += 37) {
                assertThat(built.inclusion(index, 2900)).isEqualTo(shared.inclusion(index, 2900));
                built.inclusion(index, 2900).verify(leaves.get(index), heads.get(2900));
            }
            ConsistencyProof proof = built.consistency(100, 2900);
            proof.verify(heads.get(100), heads.get(2900));
        }
    }

    @Test
    void rolledBack_afterSavepoint_goesOnFromThere() throws SQLException, VerificationException {
        append(250);
        commit();
        Savepoint before = connection.setSavepoint();
        log.append(List.of(entry(-1), entry(-2), entry(-3), entry(-4), entry(-5), entry(-6), entry(-7)));
        assertThat(log.head().size()).isEqualTo(257);
        connection.rollback(before);
        log.rolledBack();
        assertThat(log.head()).isEqualTo(heads.get(250));
        append(20);
        commit();
        assertThat(TransparencyLog.open(store).head()).isEqualTo(heads.get(270));
        log.inclusion(255, 270).verify(leaves.get(255), heads.get(270));
    }

    @Test
    void recomputeFromStore_batchByBatch_equalsTheHead() throws SQLException, VerificationException {
        for (int batch = 0; batch < 8; batch++) {
            long from = log.head().size();
            append(150);
            commit();
            assertThat(log.recomputeFromStore(from)).isEqualTo(log.head());
        }
        assertThat(log.recomputeFromStore(700)).isEqualTo(log.head());
    }

    @Test
    void append_headMovedByAnother_isRefused() throws SQLException {
        append(3);
        assertThat(store.compareAndSetHead(log.head(), heads.get(2))).isTrue();
        assertThat(store.compareAndSetHead(heads.get(3), heads.get(1))).isFalse();
        assertThatThrownBy(() -> log.append(List.of(entry(3)))).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE log_entry SET entry = 'x' WHERE idx = 998",
                "DELETE FROM log_entry WHERE idx = 999",
                "DELETE FROM log_entry WHERE idx = 990",
                "INSERT INTO log_entry VALUES (7, 1000, 'x')",
                "UPDATE log_tile SET hashes = zeroblob(8192) WHERE idx = 1",
                "UPDATE log_tile SET hashes = substr(hashes, 1, 8160) WHERE idx = 1",
                "DELETE FROM log_tile WHERE idx = 0",
                "UPDATE log_head SET size = 999",
                "UPDATE log_head SET size = 1001",
                "UPDATE log_head SET root = zeroblob(32)",
                "DELETE FROM log_head"
            })
    void open_damagedStore_isCorrupt(String damage) throws SQLException {
        append(1000);
        Sqlite.run(connection, damage);
        commit();
        assertThatThrownBy(() -> TransparencyLog.open(store))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOG_CORRUPT));
    }

    @Test
    void recomputeFromStore_entryChangedBehindOurBack_showsAnotherRoot() throws SQLException, VerificationException {
        append(600);
        Sqlite.run(connection, "UPDATE log_entry SET entry = 'x' WHERE idx = 590");
        commit();
        assertThat(log.recomputeFromStore(580)).isNotEqualTo(log.head());
    }

    @Test
    void logs_inOneDatabase_doNotTouchEachOther() throws SQLException, VerificationException {
        append(300);
        TransparencyLog other = TransparencyLog.open(new JdbcLogStore(connection, 8));
        assertThat(other.head()).isEqualTo(TreeHead.EMPTY);
        other.append(List.of(entry(0)));
        commit();
        assertThat(other.head()).isEqualTo(heads.get(1));
        assertThat(TransparencyLog.open(store).head()).isEqualTo(heads.get(300));
    }
}
