package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every bit of every hash of every proof, flipped alone, makes a proof that is refused. */
class EveryBitTest {
    /** Past two full rows of 64 and one of 128. */
    private static final int ALL = 130;

    private static final int FEW = 18;
    private static final List<Digest> LEAVES = IntStream.range(0, ALL)
            .mapToObj(i -> MerkleMath.leafHash(new byte[] {(byte) i}))
            .toList();
    private static final List<TreeHead> HEADS = IntStream.rangeClosed(0, ALL)
            .mapToObj(size -> MerkleMath.head(LEAVES.subList(0, size)))
            .toList();
    private static final HashReader READER = MerkleMath.reader(LEAVES);

    @Test
    void smallTrees_everyBit_isRefused() {
        flipAll(FEW);
    }

    /** Some thirty million proofs, three to four minutes of a processor: the profile {@code faults} does it. */
    @Test
    @Tag("exhaustive")
    void allTreesUpTo130Leaves_everyBit_isRefused() {
        flipAll(ALL);
    }

    private static void flipAll(int most) {
        long flips = IntStream.rangeClosed(1, most)
                .parallel()
                .mapToLong(EveryBitTest::flip)
                .sum();
        assertThat(flips).isGreaterThan(256L * most);
    }

    private static long flip(int size) {
        long flips = 0;
        for (int i = 0; i < size; i++) {
            int index = i;
            flips += flip(
                    InclusionProof.prove(READER, index, size).path(),
                    path -> new InclusionProof(index, size, path).verify(LEAVES.get(index), HEADS.get(size)));
            int old = i + 1;
            flips += flip(
                    ConsistencyProof.prove(READER, old, size).path(),
                    path -> new ConsistencyProof(old, size, path).verify(HEADS.get(old), HEADS.get(size)));
        }
        return flips;
    }

    private interface Verifying {
        void verify(List<Digest> path) throws VerificationException;
    }

    private static long flip(List<Digest> path, Verifying proof) {
        requireHolds(proof, path);
        long flips = 0;
        for (int at = 0; at < path.size(); at++) {
            for (int bit = 0; bit < 8 * Digest.SIZE; bit++) {
                List<Digest> changed = new ArrayList<>(path);
                byte[] bytes = path.get(at).toByteArray();
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                changed.set(at, Digest.of(bytes));
                if (holds(proof, changed)) {
                    throw new AssertionError("bit " + bit + " of hash " + at + " may be changed in " + path);
                }
                flips++;
            }
        }
        return flips;
    }

    private static void requireHolds(Verifying proof, List<Digest> path) {
        assertThat(holds(proof, path)).as("as it was proved").isTrue();
    }

    private static boolean holds(Verifying proof, List<Digest> path) {
        try {
            proof.verify(path);
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }
}
