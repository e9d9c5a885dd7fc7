package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every tree of up to 130 leaves, against the recursion of RFC 6962 written down a second time here. */
class MerkleTest {
    private static final int MAX = 130;
    private static final List<Digest> LEAVES = leaves(MAX);
    private static final HashReader READER = new Rows(LEAVES);
    private static final List<TreeHead> HEADS = heads();

    private static List<Digest> leaves(int count) {
        List<Digest> leaves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leaves.add(MerkleMath.leafHash(new byte[] {(byte) i}));
        }
        return leaves;
    }

    private static List<TreeHead> heads() {
        List<TreeHead> heads = new ArrayList<>();
        for (int size = 0; size <= MAX; size++) {
            heads.add(size == 0 ? TreeHead.EMPTY : new TreeHead(size, mth(LEAVES.subList(0, size))));
        }
        return heads;
    }

    /** RFC 6962 2.1, word for word. */
    private static Digest mth(List<Digest> leaves) {
        if (leaves.size() == 1) {
            return leaves.get(0);
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        return MerkleMath.nodeHash(mth(leaves.subList(0, k)), mth(leaves.subList(k, leaves.size())));
    }

    /** RFC 6962 2.1.1, word for word. */
    private static List<Digest> path(int m, List<Digest> leaves) {
        if (leaves.size() == 1) {
            return List.of();
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        List<Digest> left = leaves.subList(0, k);
        List<Digest> right = leaves.subList(k, leaves.size());
        List<Digest> path = new ArrayList<>(m < k ? path(m, left) : path(m - k, right));
        path.add(m < k ? mth(right) : mth(left));
        return path;
    }

    /** RFC 6962 2.1.2, word for word. */
    private static List<Digest> subproof(int m, List<Digest> leaves, boolean complete) {
        if (m == leaves.size()) {
            return complete ? List.of() : List.of(mth(leaves));
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        List<Digest> left = leaves.subList(0, k);
        List<Digest> right = leaves.subList(k, leaves.size());
        List<Digest> path = new ArrayList<>(m <= k ? subproof(m, left, complete) : subproof(m - k, right, false));
        path.add(m <= k ? mth(right) : mth(left));
        return path;
    }

    @Test
    void frontier_everySize_givesTheRoot() {
        Frontier frontier = Frontier.empty();
        for (int size = 0; size <= MAX; size++) {
            assertThat(frontier.head()).isEqualTo(HEADS.get(size));
            assertThat(Frontier.from(READER, size).head()).isEqualTo(HEADS.get(size));
            assertThat(frontier.copy().head()).isEqualTo(HEADS.get(size));
            if (size < MAX) {
                frontier.append(LEAVES.get(size));
            }
        }
    }

    @Test
    void inclusion_everySizeAndIndex_isThatOfTheRfcAndVerifies() throws VerificationException {
        for (int size = 1; size <= MAX; size++) {
            for (int index = 0; index < size; index++) {
                InclusionProof proof = InclusionProof.prove(READER, index, size);
                assertThat(proof.path()).isEqualTo(path(index, LEAVES.subList(0, size)));
                proof.verify(LEAVES.get(index), HEADS.get(size));
            }
        }
    }

    @Test
    void consistency_everyPair_isThatOfTheRfcAndVerifies() throws VerificationException {
        for (int size = 0; size <= MAX; size++) {
            for (int old = 0; old <= size; old++) {
                ConsistencyProof proof = ConsistencyProof.prove(READER, old, size);
                if (old > 0) {
                    assertThat(proof.path()).isEqualTo(subproof(old, LEAVES.subList(0, size), true));
                }
                proof.verify(HEADS.get(old), HEADS.get(size));
            }
        }
    }

    @Test
    void inclusion_anythingChanged_isRefused() {
        for (int size = 1; size <= MAX; size++) {
            for (int index = 0; index < size; index++) {
                InclusionProof proof = InclusionProof.prove(READER, index, size);
                TreeHead head = HEADS.get(size);
                Digest leaf = LEAVES.get(index);
                for (List<Digest> path : damaged(proof.path())) {
                    refused(new InclusionProof(index, size, path), leaf, head);
                }
                refused(proof, flip(leaf, size), head);
                refused(proof, leaf, new TreeHead(size, flip(head.root(), index)));
                refused(new InclusionProof(index, size, proof.path()), leaf, HEADS.get(size - 1));
                refused(new InclusionProof(size, size, proof.path()), leaf, head);
                refused(new InclusionProof(-1, size, proof.path()), leaf, head);
                if (size > 1) {
                    refused(new InclusionProof((index + 1) % size, size, proof.path()), leaf, head);
                }
            }
        }
    }

    @Test
    void consistency_anythingChanged_isRefused() {
        for (int size = 1; size <= MAX; size++) {
            for (int old = 1; old <= size; old++) {
                ConsistencyProof proof = ConsistencyProof.prove(READER, old, size);
                TreeHead before = HEADS.get(old);
                TreeHead after = HEADS.get(size);
                for (List<Digest> path : damaged(proof.path())) {
                    refused(new ConsistencyProof(old, size, path), before, after);
                }
                refused(proof, new TreeHead(old, flip(before.root(), size)), after);
                refused(proof, before, new TreeHead(size, flip(after.root(), old)));
                refused(new ConsistencyProof(size, old, proof.path()), after, old < size ? before : HEADS.get(0));
            }
        }
    }

    @Test
    void consistency_fromTheEmptyTree_takesAnEmptyPathOnly() {
        refused(new ConsistencyProof(0, 3, List.of(LEAVES.get(0))), HEADS.get(0), HEADS.get(3));
        refused(new ConsistencyProof(3, 3, List.of(LEAVES.get(0))), HEADS.get(3), HEADS.get(3));
    }

    @Test
    void prove_outsideTheTree_isAnIndexError() {
        assertThatThrownBy(() -> InclusionProof.prove(READER, 3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ConsistencyProof.prove(READER, 4, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void treeHead_emptyWithAnotherRoot_isRefused() {
        assertThatThrownBy(() -> new TreeHead(0, LEAVES.get(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TreeHead(-1, LEAVES.get(0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void treeHead_throughProto_isItself() throws VerificationException {
        for (TreeHead head : HEADS) {
            assertThat(TreeHead.of(head.toProto())).isEqualTo(head);
        }
    }

    /** One bit flipped in each hash, one hash missing at either end, one too many at either end. */
    private static List<List<Digest>> damaged(List<Digest> path) {
        List<List<Digest>> damaged = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            int at = i;
            damaged.add(changed(path, list -> list.set(at, flip(list.get(at), 7 * at))));
        }
        if (!path.isEmpty()) {
            damaged.add(path.subList(1, path.size()));
            damaged.add(path.subList(0, path.size() - 1));
            damaged.add(List.of());
        }
        damaged.add(changed(path, list -> list.add(LEAVES.get(0))));
        damaged.add(changed(path, list -> list.add(0, LEAVES.get(0))));
        return damaged;
    }

    private static List<Digest> changed(List<Digest> path, Consumer<List<Digest>> change) {
        List<Digest> copy = new ArrayList<>(path);
        change.accept(copy);
        return copy;
    }

    private static Digest flip(Digest digest, int bit) {
        byte[] bytes = digest.toByteArray();
        bytes[bit / 8 % Digest.SIZE] ^= (byte) (1 << bit % 8);
        return Digest.of(bytes);
    }

    private static void refused(InclusionProof proof, Digest leaf, TreeHead head) {
        try {
            proof.verify(leaf, head);
        } catch (VerificationException e) {
            assertThat(e.reason()).isEqualTo(Reason.BAD_INCLUSION_PROOF);
            return;
        }
        throw new AssertionError("Accepted " + proof + " at " + head);
    }

    private static void refused(ConsistencyProof proof, TreeHead old, TreeHead next) {
        try {
            proof.verify(old, next);
        } catch (VerificationException e) {
            assertThat(e.reason()).isEqualTo(Reason.BAD_CONSISTENCY_PROOF);
            return;
        }
        throw new AssertionError("Accepted " + proof + " from " + old + " to " + next);
    }

    /** All complete subtrees, computed once. */
    private static final class Rows implements HashReader {
        private final List<List<Digest>> rows = new ArrayList<>();

        Rows(List<Digest> leaves) {
            rows.add(leaves);
            while (rows.get(rows.size() - 1).size() > 1) {
                List<Digest> below = rows.get(rows.size() - 1);
                List<Digest> row = new ArrayList<>();
                for (int i = 0; i + 1 < below.size(); i += 2) {
                    row.add(MerkleMath.nodeHash(below.get(i), below.get(i + 1)));
                }
                rows.add(row);
            }
        }

        @Override
        public Digest hash(int level, long index) {
            return rows.get(level).get((int) index);
        }
    }
}
