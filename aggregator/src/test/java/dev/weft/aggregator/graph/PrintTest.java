package dev.weft.aggregator.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.aggregator.TestLog;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.VertexRef;
import dev.weft.proto.v1.VertexKind;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PrintTest {
    @Test
    void key_liesInTheRangeOfEachOfItsBeginnings() {
        for (int i = 0; i < 200; i++) {
            VertexRef ref = ref(VertexKind.RUN_VERTEX, i);
            for (int digits = 8; digits <= 64; digits++) {
                Print.Range range = Print.keys(ref.key().hex().substring(0, digits));
                assertThat(range.holds(new Place(Print.key(ref), 1))).isTrue();
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Print.keys("1234567"));
    }

    @Test
    void keysThatBeginAlike_haveDifferentPrints() {
        byte[] one = ref(VertexKind.RUN_VERTEX, 1).key().toByteArray();
        one[31] ^= 1;
        VertexRef near = new VertexRef(VertexKind.RUN_VERTEX, Digest.of(one));
        assertThat(Print.key(near)).isNotEqualTo(Print.key(ref(VertexKind.RUN_VERTEX, 1)));
        assertThat(Print.key(ref(VertexKind.CODE_VERTEX, 1))).isNotEqualTo(Print.key(ref(VertexKind.RUN_VERTEX, 1)));
    }

    @Test
    void label_liesInTheRangeOfEachOfItsBeginnings_andInNoOther() {
        for (String label : List.of(
                ContentDigest.model(digest(1)).toString(),
                ContentDigest.sha256(digest(2)).toString(),
                "git-sha1:0123456789abcdef0123456789abcdef01234567",
                "linkable:f00dfeed0123")) {
            Place place = new Place(Print.label(label).orElseThrow(), 1);
            for (int length = 0; length <= label.length(); length++) {
                assertThat(Print.labels(label.substring(0, length))).anyMatch(range -> range.holds(place));
            }
            for (String other : List.of("x", "sha256:zz", "weft-blobs-v1:", "line/1", label.toUpperCase(Locale.ROOT))) {
                assertThat(Print.labels(other)).noneMatch(range -> range.holds(place));
            }
        }
    }

    @Test
    void labelThatIsNoDigest_hasNone() {
        assertThat(Print.label("release-7")).isEmpty();
        assertThat(Print.label("sha256:release")).isEmpty();
    }

    private static VertexRef ref(VertexKind kind, int n) {
        return new VertexRef(kind, digest(n));
    }

    private static Digest digest(int n) {
        return Digest.of(TestLog.hash("thing " + n));
    }
}
