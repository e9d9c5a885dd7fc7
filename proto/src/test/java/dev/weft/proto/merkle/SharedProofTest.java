package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many leaves, one proof. */
class SharedProofTest {
    private static List<Digest> leaves(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> Hashing.sha256(new byte[] {(byte) i, (byte) (i >> 8)}))
                .toList();
    }

    private static List<Digest> at(List<Digest> leaves, long[] indexes) {
        return Arrays.stream(indexes).mapToObj(i -> leaves.get((int) i)).toList();
    }

    @Test
    void everySubsetOfSmallTrees_isProvedAndNothingElse() throws VerificationException {
        for (int size = 1; size <= 9; size++) {
            List<Digest> leaves = leaves(size);
            TreeHead head = MerkleMath.head(leaves);
            for (int mask = 1; mask < 1 << size; mask++) {
                int subset = mask;
                long[] indexes = LongStream.range(0, size)
                        .filter(i -> (subset >> i & 1) == 1)
                        .toArray();
                ByteString proof = SharedProof.prove(MerkleMath.reader(leaves), indexes, size);
                SharedProof.verify(indexes, at(leaves, indexes), proof, head);
                refusesChanges(indexes, at(leaves, indexes), proof, head);
            }
        }
    }

    private static void refusesChanges(long[] indexes, List<Digest> leaves, ByteString proof, TreeHead head) {
        Refused.with(
                Reason.BAD_INCLUSION_PROOF,
                () -> SharedProof.verify(
                        indexes,
                        leaves,
                        proof.concat(proof.isEmpty() ? ByteString.copyFrom(new byte[32]) : proof),
                        head));
        if (!proof.isEmpty()) {
            byte[] flipped = proof.toByteArray();
            flipped[flipped.length / 2] ^= 4;
            Refused.with(
                    Reason.BAD_INCLUSION_PROOF,
                    () -> SharedProof.verify(indexes, leaves, ByteString.copyFrom(flipped), head));
            Refused.with(
                    Reason.BAD_INCLUSION_PROOF, () -> SharedProof.verify(indexes, leaves, proof.substring(1), head));
        }
        long[] moved = indexes.clone();
        moved[moved.length - 1]++;
        Refused.with(Reason.BAD_INCLUSION_PROOF, () -> SharedProof.verify(moved, leaves, proof, head));
    }

    @Test
    void scatteredLeavesOfALargerTree_needFewHashes() throws VerificationException {
        List<Digest> leaves = leaves(1_000);
        TreeHead head = MerkleMath.head(leaves);
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            long[] indexes = random.longs(20, 0, 1_000).distinct().sorted().toArray();
            ByteString proof = SharedProof.prove(MerkleMath.reader(leaves), indexes, 1_000);
            SharedProof.verify(indexes, at(leaves, indexes), proof, head);
            assertThat(proof.size() / 32).isLessThan(20 * 10);
        }
    }

    @Test
    void indexesOutOfOrder_areRefused() {
        List<Digest> leaves = leaves(4);
        TreeHead head = MerkleMath.head(leaves);
        for (long[] indexes : new long[][] {{1, 0}, {1, 1}, {-1, 0}, {0, 4}}) {
            Refused.with(
                    Reason.BAD_INCLUSION_PROOF,
                    () -> SharedProof.verify(indexes, leaves.subList(0, 2), ByteString.EMPTY, head));
        }
    }
}
