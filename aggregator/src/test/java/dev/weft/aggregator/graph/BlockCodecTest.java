package dev.weft.aggregator.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.weft.aggregator.TestLog;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlockCodecTest {
    private static final ByteString KEY = TestLog.hash("key");
    private static final String DIGEST = ContentDigest.sha256(Digest.of(KEY)).toString();

    @Test
    void block_comesBackAsItWas() {
        Block block = block();
        assertThat(BlockCodec.decode(block.first(), BlockCodec.encode(block))).isEqualTo(block);
    }

    /** Who adds a field to one of these messages adds it to the stored form. */
    @Test
    void vertexOfTheTest_hasEveryField() {
        Vertex all = block().vertices().get(0);
        assertThat(all.getAllFields().keySet())
                .containsExactlyElementsOf(Vertex.getDescriptor().getFields());
        List<FieldDescriptor> ofArtifact = ArtifactRef.getDescriptor().getFields();
        assertThat(block().vertices().stream().flatMap(vertex -> vertex.getArtifact().getAllFields().keySet().stream()))
                .containsAll(ofArtifact);
    }

    @Test
    void digestStandsOnce_asBytes() {
        Block block = block();
        byte[] bytes = BlockCodec.encode(block);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain(DIGEST.substring(8));
        Vertex again = block.vertices().get(0).toBuilder().setId(105).build();
        Block more = new Block(
                100,
                9,
                Stream.concat(block.vertices().stream(), Stream.of(again)).toList(),
                block.arcs());
        assertThat(BlockCodec.encode(more).length - bytes.length).isLessThan(100);
    }

    @Test
    void anyBeginningOfTheBytes_isRefused() {
        byte[] whole = BlockCodec.encode(block());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIllegalStateException()
                    .isThrownBy(() -> BlockCodec.decode(100, cut))
                    .withMessageContaining("weft-aggregator rebuild");
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> BlockCodec.decode(100, Arrays.copyOf(whole, whole.length + 1)));
    }

    private static Block block() {
        Vertex all = Vertex.newBuilder()
                .setId(100)
                .setKind(VertexKind.MODEL_VERTEX)
                .setKey(KEY)
                .setLabel(DIGEST)
                .setAuthor("anna")
                .addAllEntries(List.of(9L, 12L, 3_000_000_000L))
                .addFlags(Flag.ASSERTION)
                .addFlags(Flag.LATE)
                .setArtifact(ArtifactRef.newBuilder()
                        .setKind(ArtifactKind.MODEL)
                        .setDigest(DIGEST)
                        .setFrom(TestLog.hash("from")))
                .setRoundNumber(7)
                .setTrainingLine("line")
                .setRole(Role.COORDINATOR)
                .setSuspectFrom(70_000)
                .build();
        Vertex committed = plain(101, VertexKind.RUN_VERTEX, "train commitment:0123")
                .setArtifact(ArtifactRef.newBuilder().setKind(ArtifactKind.RUN).setCommitment(KEY))
                .build();
        Vertex linkable = plain(102, VertexKind.DATASET_VERTEX, "")
                .setArtifact(ArtifactRef.newBuilder().setLinkable(TestLog.hash("linkable")))
                .build();
        Vertex copy = plain(103, VertexKind.DATASET_VERTEX, "sha256:ABCDEF")
                .setArtifact(ArtifactRef.newBuilder().setCommitment(TestLog.hash("other")))
                .build();
        Vertex bare = plain(104, VertexKind.CONTENT_VERTEX, "sha256:abc")
                .clearEntries()
                .addEntries(8)
                .build();
        return new Block(
                100,
                9,
                List.of(all, committed, linkable, copy, bare),
                List.of(
                        new Arc(100, 101, EdgeKind.WAS_GENERATED_BY_VALUE, 9, 0),
                        new Arc(101, 100, EdgeKind.USED_VALUE, 4, 0),
                        new Arc(103, 5, EdgeKind.ALTERNATE_OF_VALUE, 9, 1 << Flag.ASSERTION_VALUE),
                        new Arc(104, 1, EdgeKind.WAS_ATTRIBUTED_TO_VALUE, 3, 1 << Flag.CYCLE_VALUE)));
    }

    private static Vertex.Builder plain(long id, VertexKind kind, String label) {
        return Vertex.newBuilder()
                .setId(id)
                .setKind(kind)
                .setKey(KEY)
                .setLabel(label)
                .setAuthor("anna")
                .addEntries(9);
    }
}
