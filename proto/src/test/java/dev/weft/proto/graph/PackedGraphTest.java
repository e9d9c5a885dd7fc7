package dev.weft.proto.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The arrays of the graph in memory, larger than they begin: nothing is lost, mixed up or put in another order. */
class PackedGraphTest {
    private static final int MANY = 10_000;

    private static VertexRef ref(int i) {
        // Keys that begin alike, as somebody may choose them.
        byte[] key = new byte[Digest.SIZE];
        ByteBuffer.wrap(key).putInt(28, i);
        VertexKind kind = i % 2 == 0 ? VertexKind.DATASET_VERTEX : VertexKind.RUN_VERTEX;
        return new VertexRef(kind, i % 50 == 0 ? Digest.of(key) : Hashing.sha256(key));
    }

    private static Vertex vertex(int i, int entries) {
        return Vertex.newBuilder()
                .setKind(ref(i).kind())
                .setKey(ref(i).key().toByteString())
                .setLabel("thing " + i)
                .setAuthor("site" + i % 7)
                .addAllEntries(IntStream.range(0, entries)
                        .mapToObj(e -> 1_000_000L + e)
                        .toList())
                .build();
    }

    @Test
    void refs_keepTheirNumbers_andOthersHaveNone() {
        VertexTable table = new VertexTable();
        for (int i = 0; i < MANY; i++) {
            assertThat(table.number(ref(i))).isEqualTo(i);
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(table.find(ref(i))).isEqualTo(i);
            assertThat(table.number(ref(i))).isEqualTo(i);
            assertThat(table.ref(i)).isEqualTo(ref(i));
            assertThat(table.find(new VertexRef(VertexKind.CODE_VERTEX, ref(i).key())))
                    .isNegative();
        }
        assertThat(table.count()).isEqualTo(MANY);
        assertThat(table.find(ref(MANY))).isNegative();
    }

    @Test
    void vertices_areReadAsTheyWerePutLast_whateverTheyGrewTo() {
        PackedVertices packed = new PackedVertices();
        for (int i = MANY - 1; i >= 0; i--) {
            packed.put(i, vertex(i, 1));
        }
        for (int entries = 2; entries < 40; entries++) {
            packed.put(17, vertex(17, entries));
            packed.put(4_000, vertex(4_000, entries / 3));
        }
        for (int i = 0; i < MANY; i++) {
            Vertex expected = vertex(i, i == 17 ? 39 : i == 4_000 ? 13 : 1);
            assertThat(packed.get(i)).isEqualTo(expected);
            assertThat(packed.author(i)).isEqualTo(expected.getAuthor());
            assertThat(packed.id(i)).isEqualTo(MANY - i);
        }
        assertThat(packed.has(MANY)).isFalse();
        assertThat(packed.has(-1)).isFalse();
        assertThat(packed.all())
                .hasSize(MANY)
                .first()
                .extracting(Vertex::getLabel)
                .isEqualTo("thing 9999");
    }

    /** A publication may name a statement that the log does not hold. */
    @Test
    void vertexThatNothingNames_hasNoLinks() {
        MemoryGraph graph = new MemoryGraph();
        assertThat(graph.successors(ref(0))).isEmpty();
        assertThat(graph.hasPredecessors(ref(0))).isFalse();
        assertThat(graph.vertex(ref(0))).isEmpty();
    }

    @Test
    void links_areReadInTheirOrder_fromBothEnds() {
        LinkTable links = new LinkTable();
        Link assertion = new Link(ref(0), ref(1), EdgeKind.USED, 0, Set.of(Flag.ASSERTION, Flag.LATE));
        Link told = new Link(ref(0), ref(1), EdgeKind.WAS_GENERATED_BY, 0, Set.of());
        for (int i = 0; i < MANY; i++) {
            links.add(i % 3, 5 + i, i % 2 == 0 ? assertion : told, i, MANY + 5);
        }
        List<Integer> from = new ArrayList<>();
        links.anyFrom(1, link -> !from.add(links.entry(link)));
        assertThat(from)
                .isEqualTo(
                        IntStream.range(0, MANY).filter(i -> i % 3 == 1).boxed().toList());
        assertThat(links.anyTo(
                        5 + 4,
                        link -> links.from(link) == 1 && links.flags(link).equals(assertion.flags())))
                .isTrue();
        assertThat(links.anyTo(5 + 4, links::isWalked)).isFalse();
        assertThat(links.anyTo(5 + 7, links::isWalked)).isTrue();
        assertThat(links.has(1, 5 + 7, EdgeKind.WAS_GENERATED_BY)).isTrue();
        assertThat(links.has(1, 5 + 7, EdgeKind.USED)).isFalse();
        assertThat(links.has(2, 5 + 7, EdgeKind.WAS_GENERATED_BY)).isFalse();
        assertThat(links.has(MANY * 9, 5, EdgeKind.USED)).isFalse();
    }
}
