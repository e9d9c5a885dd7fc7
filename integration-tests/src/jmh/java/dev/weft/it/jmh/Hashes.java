package dev.weft.it.jmh;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.ModelDigest;
import dev.weft.proto.merkle.MerkleMath;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A model of 32 MiB in 64 tensors, against SHA-256 over the same bytes and nothing else. */
@State(Scope.Benchmark)
public class Hashes {
    static final int TENSORS = 64;
    static final int TENSOR_BYTES = 1 << 19;

    private final List<ModelDigest.Tensor> model = new ArrayList<>();
    private final byte[] bytes = new byte[TENSORS * TENSOR_BYTES];
    private Digest left = Digest.of(new byte[Digest.SIZE]);
    private final Digest right = Digest.of(new byte[Digest.SIZE]);

    @Setup
    public void fill() {
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < TENSORS; i++) {
            ByteBuffer data =
                    ByteBuffer.wrap(bytes, i * TENSOR_BYTES, TENSOR_BYTES).slice();
            model.add(new ModelDigest.Tensor("layer." + i + ".weight", "F32", List.of(256L, 512L), data));
        }
    }

    @Benchmark
    public ContentDigest model() {
        return ModelDigest.of(model);
    }

    @Benchmark
    public Digest bareSha256() {
        return Hashing.sha256(bytes);
    }

    /** One after the other: each hash goes into the next. */
    @Benchmark
    public Digest merkleNode() {
        left = MerkleMath.nodeHash(left, right);
        return left;
    }
}
