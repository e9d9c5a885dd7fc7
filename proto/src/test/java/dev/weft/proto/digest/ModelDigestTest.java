package dev.weft.proto.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.digest.ModelDigest.Tensor;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The golden values that the Python reference gives too. */
class ModelDigestTest {
    private static final Tensor W = new Tensor("w", "F32", List.of(2L, 2L), floats(1, 2, 3, 4));
    private static final Tensor B = new Tensor("b", "F32", List.of(2L), floats(0.5f, -0.5f));
    private static final Tensor N = new Tensor("n", "I64", List.of(), longs(7));

    private static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }

    private static ByteBuffer longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return bytes.flip();
    }

    @Test
    void streamedTensor_hasTheSameLeaf() throws Exception {
        ModelDigest.Head head = new ModelDigest.Head(W.name(), W.dtype(), W.shape());
        byte[] data = new byte[W.data().remaining()];
        W.data().duplicate().get(data);

        assertThat(ModelDigest.leaf(head, new ByteArrayInputStream(data))).isEqualTo(ModelDigest.leaf(W));
        assertThatThrownBy(() -> ModelDigest.leaf(head, new ByteArrayInputStream(data, 1, data.length - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + (data.length - 1));
    }

    @Test
    void of_threeTensorsInAnyOrder_isVector1() {
        String expected = "weft-model-v1:49d3c18c679748378f0e1b077cc55f836a1c5696424bf3430e9912044219561b";
        assertThat(ModelDigest.of(List.of(W, B, N))).hasToString(expected);
        assertThat(ModelDigest.of(List.of(N, W, B))).hasToString(expected);
    }

    @Test
    void of_noTensor_isVector2AndNeverStitches() {
        ContentDigest empty = ModelDigest.of(List.of());
        assertThat(empty).hasToString("weft-model-v1:25bd88232c1e42e37ae582193e9d2a48abbf925e490feb55db02930f05bec023");
        assertThat(empty.neverStitches()).isTrue();
        assertThat(ModelDigest.of(List.of(W)).neverStitches()).isFalse();
    }

    @Test
    void of_emptyTensorWithAnAccent_isVector3() {
        Tensor tensor = new Tensor("é", "F16", List.of(0L, 3L), ByteBuffer.allocate(0));
        assertThat(ModelDigest.of(List.of(tensor)))
                .hasToString("weft-model-v1:e076934d779465ff4dc1fe00aafca36b3f67b67ee61bfd6274eb30833cc71d7d");
    }

    @Test
    void of_sameTwice_doesNotConsumeTheData() {
        assertThat(ModelDigest.of(List.of(W))).isEqualTo(ModelDigest.of(List.of(W)));
    }

    @Test
    void of_twoTensorsOfOneName_isRefused() {
        assertThatThrownBy(() -> ModelDigest.of(List.of(W, W))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tensor_dataOfAnotherLength_isRefused() {
        assertThatThrownBy(() -> new Tensor("w", "F32", List.of(3L), floats(1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tensor("w", "F31", List.of(2L), floats(1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tensor("w", "F32", List.of(-2L), floats(1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tensor("w", "F32", List.of(Long.MAX_VALUE, 8L), floats(1, 2)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void allZero_tellsAnUntrainedModel() {
        assertThat(ModelDigest.allZero(List.of(new Tensor("w", "F32", List.of(2L), floats(0, 0)))))
                .isTrue();
        assertThat(ModelDigest.allZero(List.of(W, B))).isFalse();
    }

    @Test
    void blobs_orderMatters_emptyNeverStitches() {
        ContentDigest ab = BlobsDigest.of(List.of(floats(1), floats(2)));
        assertThat(ab).isNotEqualTo(BlobsDigest.of(List.of(floats(2), floats(1))));
        assertThat(ab.algorithm()).isEqualTo("weft-blobs-v1");
        assertThat(BlobsDigest.of(List.of()).neverStitches()).isTrue();
    }
}
