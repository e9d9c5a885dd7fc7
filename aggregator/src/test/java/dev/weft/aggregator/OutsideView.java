package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.Receipt;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Header;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everybody who was ever told anything by a log: keeps all of it, and asks in the end whether the log still says so. */
final class OutsideView {
    private final NoteVerifier log;
    private final Map<Long, TreeHead> heads = new HashMap<>();
    private final Map<ByteString, Long> receipts = new HashMap<>();

    OutsideView(NoteVerifier log) {
        this.log = log;
    }

    /** A checkpoint that left: never two roots for one size. */
    synchronized void see(PublishedHead published) {
        try {
            TreeHead head = Checkpoint.open(published.note(), log).head();
            TreeHead before = heads.putIfAbsent(head.size(), head);
            assertThat(before == null || before.equals(head))
                    .as("two roots for size " + head.size())
                    .isTrue();
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }

    /** An answer that left: it verifies, and the same statement has the same index each time. */
    synchronized void receipt(ByteString envelope, long index, PublishedHead published) throws VerificationException {
        see(published);
        Checkpoint unused = new Receipt(index, published.log().inclusion(index, published.size()), published.note())
                .verify(envelope, log);
        Long before = receipts.putIfAbsent(envelope, index);
        assertThat(before == null || before == index).isTrue();
    }

    int receipts() {
        return receipts.size();
    }

    /** Opens the log as any start does, and compares it with all that was told. */
    void check(Path directory) throws Exception {
        try (OpenFederation federation =
                OpenFederation.open(Lab.config(directory), new java.security.SecureRandom(), Lab.CLOCK)) {
            see(federation.appender().published().current());
            check(federation.readers().entries(0, 100_000), directory);
        }
    }

    private void check(List<ByteString> entries, Path directory) throws Exception {
        Map<String, Long> next = new HashMap<>();
        Frontier tree = Frontier.empty();
        for (ByteString entry : entries) {
            tree.append(MerkleMath.leafHash(entry));
            TreeHead told = heads.get(tree.size());
            assertThat(told == null || told.equals(tree.head()))
                    .as("the root that was told of size " + tree.size())
                    .isTrue();
            Header header = EnvelopeOpener.open(entry).statement().header();
            assertThat(header.getSeq())
                    .as(header.getAuthor())
                    .isEqualTo(next.merge(header.getAuthor(), 1L, Long::sum) - 1);
        }
        assertThat(heads.keySet()).allMatch(size -> size <= entries.size());
        receipts.forEach((envelope, index) ->
                assertThat(entries.get(Math.toIntExact(index))).isEqualTo(envelope));
        ByteString anchored = ByteString.copyFrom(Files.readAllBytes(directory.resolve("aggregator.anchor")));
        assertThat(Checkpoint.open(anchored, log).head()).isEqualTo(tree.head());
    }
}
