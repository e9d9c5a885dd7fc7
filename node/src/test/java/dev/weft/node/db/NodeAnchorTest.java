package dev.weft.node.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeAnchorTest {

    private static final Digest FEDERATION = digest("federation");

    @TempDir
    Path directory;

    private NodeDatabase database;
    private volatile AuthorState committed = state(0);

    @BeforeEach
    void open() throws Exception {
        database = NodeDatabase.open(directory);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private NodeAnchor start() throws Exception {
        return NodeAnchor.open(database, FEDERATION, connection -> committed);
    }

    private static AuthorState state(long nextSeq) {
        return new AuthorState(
                0,
                nextSeq,
                digest("statement " + nextSeq),
                nextSeq == 0 ? TreeHead.EMPTY : new TreeHead(nextSeq, digest("root " + nextSeq)));
    }

    private static Digest digest(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A transaction that signs up to a statement. */
    private void sign(NodeAnchor anchor, long nextSeq) throws Exception {
        database.write(connection -> {
            anchor.signing();
            committed = state(nextSeq);
            return true;
        });
    }

    @Test
    void commit_isAnchoredBeforeItIsAnswered() throws Exception {
        NodeAnchor anchor = start();
        AtomicInteger moved = new AtomicInteger();
        anchor.onMove(moved::incrementAndGet);

        sign(anchor, 1);

        assertThat(anchor.anchoredNextSeq()).isEqualTo(1);
        assertThat(new AnchorFile(directory.resolve("node.anchor"), FEDERATION, "").read())
                .contains(state(1));
        assertThat(moved).hasValue(1);
    }

    @Test
    void commitWithoutStatements_leavesTheFileAlone() throws Exception {
        start();
        Path file = directory.resolve("node.anchor");
        Object before = Files.getAttribute(file, "unix:ino");

        database.write(connection -> true);

        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
    }

    @Test
    void crashBetweenCommitAndAnchor_isAnchoredAtTheNextStart() throws Exception {
        start();
        committed = state(7);

        NodeAnchor anchor = start();

        assertThat(anchor.stopped()).isEmpty();
        assertThat(anchor.anchoredNextSeq()).isEqualTo(7);
    }

    @Test
    void missingAnchor_stopsSigningForGood() throws Exception {
        start();
        Files.delete(directory.resolve("node.anchor"));

        assertThat(start().stopped().orElseThrow().reason()).isEqualTo(Reason.ANCHOR_MISSING);
        assertThat(start().stopped()).as("a restart heals nothing").isPresent();
        assertThat(directory.resolve("node.anchor")).doesNotExist();
    }

    @Test
    void unreadableAnchor_countsAsMissing() throws Exception {
        start();
        Files.writeString(directory.resolve("node.anchor"), "nothing of value");

        assertThat(start().stopped().orElseThrow().reason()).isEqualTo(Reason.ANCHOR_MISSING);
    }

    @Test
    void databaseThatWasSetBack_stopsSigning() throws Exception {
        NodeAnchor anchor = start();
        sign(anchor, 5);
        committed = state(4);

        NodeAnchor restored = start();

        assertThat(restored.stopped().orElseThrow().reason()).isEqualTo(Reason.ANCHOR_AHEAD);
        assertThat(restored.stopped().orElseThrow().message()).contains("weft-node recover");
    }

    @Test
    void otherStatementAtTheSamePlace_stopsSigning() throws Exception {
        NodeAnchor anchor = start();
        sign(anchor, 5);
        committed = new AuthorState(0, 5, digest("another"), state(5).siteHead());

        assertThat(start().stopped().orElseThrow().reason()).isEqualTo(Reason.ANCHOR_AHEAD);
    }

    @Test
    void newIncarnation_beginsANewAnchor() throws Exception {
        start();
        Files.delete(directory.resolve("node.anchor"));
        committed = new AuthorState(1, 0, digest("rollover"), TreeHead.EMPTY);

        assertThat(start().stopped()).isEmpty();
    }

    @Test
    void anchorThatCannotBeWritten_holdsStatementsBackUntilItCan() throws Exception {
        NodeAnchor anchor = start();
        Path inTheWay = Files.createDirectory(directory.resolve("node.anchor.new"));

        sign(anchor, 1);
        assertThat(anchor.anchoredNextSeq()).isZero();
        Files.delete(inTheWay);
        anchor.anchoredNextSeq(); // tries again behind the scenes
        database.write(connection -> true);

        assertThat(anchor.anchoredNextSeq()).isEqualTo(1);
    }

    @Test
    void rolledBackWork_movesNothing() throws Exception {
        NodeAnchor anchor = start();

        var failed = database.writer().submit(connection -> {
            anchor.signing();
            throw new IllegalStateException("after signing");
        });
        assertThat(failed.handle((done, why) -> why).get()).isNotNull();
        database.write(connection -> true);

        assertThat(anchor.anchored()).isEqualTo(state(0));
    }
}
