package dev.weft.it.load;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import java.util.ArrayList;
import java.util.List;

/** A site's own log, in memory, as far as proofs need it. */
final class SiteTree implements HashReader {
    private final Frontier frontier = Frontier.empty();
    private final List<List<Digest>> levels = new ArrayList<>();

    void append(Digest leafHash) {
        frontier.append(leafHash);
        Digest hash = leafHash;
        for (int level = 0; ; level++) {
            if (levels.size() == level) {
                levels.add(new ArrayList<>());
            }
            List<Digest> row = levels.get(level);
            row.add(hash);
            if (row.size() % 2 != 0) {
                return;
            }
            hash = MerkleMath.nodeHash(row.get(row.size() - 2), hash);
        }
    }

    TreeHead head() {
        return frontier.head();
    }

    List<Digest> proof(long from) {
        return ConsistencyProof.prove(this, from, frontier.size()).path();
    }

    @Override
    public Digest hash(int level, long index) {
        return levels.get(level).get((int) index);
    }
}
