package dev.weft.proto.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TilePath;
import dev.weft.proto.merkle.TreeHead;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tool that knows C2SP alone rebuilds from the files is the log. */
class TlogFilesTest {
    private static final int SIZE = 70_000;

    @TempDir
    private static Path folder;

    private static Connection connection;
    private static JdbcLogStore store;
    private static TransparencyLog log;

    @BeforeAll
    static void fill() throws Exception {
        connection = Sqlite.open(folder.resolve("log.db"));
        connection.setAutoCommit(false);
        store = new JdbcLogStore(connection, 1);
        log = TransparencyLog.open(store);
        List<ByteString> entries = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            entries.add(ByteString.copyFromUtf8("entry " + i));
        }
        TreeHead unused = log.append(entries);
        connection.commit();
    }

    @AfterAll
    static void close() throws Exception {
        connection.close();
    }

    private static TlogFiles files() {
        return new TlogFiles(log.view(), store, SIZE);
    }

    private static List<Digest> hashes(ByteString tile) {
        List<Digest> hashes = new ArrayList<>();
        for (int at = 0; at < tile.size(); at += Digest.SIZE) {
            hashes.add(Digest.of(tile.substring(at, at + Digest.SIZE)));
        }
        return hashes;
    }

    @Test
    void allTiles_areTheRootsOfTheTilesBelow_andTheBundlesTheirLeaves() throws Exception {
        for (int level = 0; TilePath.count(level, SIZE) > 0; level++) {
            for (TilePath path : TilePath.of(level, SIZE)) {
                List<Digest> hashes = hashes(files().tile(path.path()));
                assertThat(hashes).hasSize(path.width());
                for (int i = 0; i < (level == 0 ? hashes.size() : 1); i++) {
                    long below = path.index() * TilePath.FULL + i;
                    Digest expected = level == 0
                            ? MerkleMath.leafHash(ByteString.copyFromUtf8("entry " + below))
                            : MerkleMath.head(
                                            hashes(files().tile(new TilePath(level - 1, below, TilePath.FULL).path())))
                                    .root();
                    assertThat(hashes.get(i)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void bundle_holdsEachEntryAfterItsLength() throws Exception {
        ByteString bundle = files().tile("tile/entries/000.p/3");
        assertThat(bundle)
                .isEqualTo(ByteString.copyFrom(new byte[] {0, 7})
                        .concat(ByteString.copyFromUtf8("entry 0"))
                        .concat(ByteString.copyFrom(new byte[] {0, 7}))
                        .concat(ByteString.copyFromUtf8("entry 1"))
                        .concat(ByteString.copyFrom(new byte[] {0, 7}))
                        .concat(ByteString.copyFromUtf8("entry 2")));
        assertThat(files().tile("tile/entries/272")).isNotEqualTo(files().tile("tile/entries/271"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tile/0/273.p/113",
                "tile/0/274",
                "tile/2/001",
                "tile/2/000",
                "tile/7/000",
                "tile/entries/273",
                "tile/0/x999/999",
                "tile/0/0",
                "tile/8/000",
                "tile/0/000.p/0",
                "tile/0/000.p/256",
                "tile/../000",
                "tile/0/x000/001",
                "checkpoint"
            })
    void fileThatTheLogDoesNotHave_isNotFound(String path) {
        assertThatThrownBy(() -> files().tile(path))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }

    @Test
    void proof_readsAsC2spSays_andHolds() throws Exception {
        TreeHead head = log.head();
        ByteString note = ByteString.copyFromUtf8("the note\n");
        String proof = files().proof(4_711, note, SIZE).toStringUtf8();
        String[] lines = proof.split("\n", -1);
        assertThat(lines[0]).isEqualTo("c2sp.org/tlog-proof@v1");
        assertThat(lines[1]).isEqualTo("index 4711");
        List<ByteString> path = new ArrayList<>();
        int at = 2;
        while (!lines[at].isEmpty()) {
            path.add(ByteString.copyFrom(Base64.getDecoder().decode(lines[at++])));
        }
        InclusionProof.parse(4_711, SIZE, path)
                .verify(MerkleMath.leafHash(ByteString.copyFromUtf8("entry 4711")), head);
        assertThat(proof).endsWith("\n\nthe note\n");
        assertThatThrownBy(() -> files().proof(SIZE, note, SIZE)).isInstanceOf(VerificationException.class);
        assertThatThrownBy(() -> files().proof(-1, note, SIZE)).isInstanceOf(VerificationException.class);
    }
}
