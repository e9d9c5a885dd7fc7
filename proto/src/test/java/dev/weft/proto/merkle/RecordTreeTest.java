package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordTreeTest {
    private static Digest digest(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void build_threeFields_isPaddedToFourAndEachIsProved() throws VerificationException {
        TreeMap<String, Digest> fields = new TreeMap<>(Map.of("b", digest("2"), "a", digest("1"), "c", digest("3")));
        Deque<Digest> decoys = new ArrayDeque<>(List.of(digest("decoy")));
        RecordTree tree = RecordTree.build(fields, decoys::remove);
        assertThat(tree.log2Fields()).isEqualTo(2);
        assertThat(tree.head())
                .isEqualTo(MerkleMath.head(List.of(
                        RecordTree.leafHash(digest("1")),
                        RecordTree.leafHash(digest("2")),
                        RecordTree.leafHash(digest("3")),
                        RecordTree.leafHash(digest("decoy")))));
        for (Map.Entry<String, Digest> field : fields.entrySet()) {
            tree.prove(field.getKey()).verify(RecordTree.leafHash(field.getValue()), tree.head());
        }
    }

    @Test
    void leafData_oneField_isTheFixedLayout() {
        RecordTree tree = RecordTree.build(new TreeMap<>(Map.of("kind", digest("x"))), () -> {
            throw new AssertionError("no decoy is needed");
        });
        ByteString expected = ByteString.copyFromUtf8("weft/record/v1\0")
                .concat(ByteString.copyFrom(new byte[] {1, 0}))
                .concat(RecordTree.leafHash(digest("x")).toByteString());
        assertThat(tree.leafData()).isEqualTo(expected);
    }

    @Test
    void build_withoutFields_isRefused() {
        assertThatThrownBy(() -> RecordTree.build(new TreeMap<>(), () -> digest("d")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
