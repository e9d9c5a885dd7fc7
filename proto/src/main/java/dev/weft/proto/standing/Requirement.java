package dev.weft.proto.standing;

import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.SecondKeys;
import java.util.ArrayList;
import java.util.List;

/**
 * That entries and checkpoints carry a second signature, of ML-DSA-44 (docs/protocol.md section 6), and the second keys of
 * those who are no members.
 *
 * @param index of the entry that says so, the first that needs them; a checkpoint needs one where it covers that entry
 * @param root one for each root key of genesis, in its order
 * @param log one for each log key of genesis, in its order
 * @param aggregator of the author {@code aggregator}
 */
public record Requirement(long index, List<MlDsaKey> root, List<MlDsaKey> log, MlDsaKey aggregator) {
    public Requirement {
        root = List.copyOf(root);
        log = List.copyOf(log);
    }

    static Requirement of(long index, SecondKeys keys) throws VerificationException {
        return new Requirement(
                index, keys(keys.getRootList()), keys(keys.getLogList()), MlDsaKey.of(keys.getAggregator()));
    }

    /** Size of the first checkpoint that needs a second signature. */
    public long firstSize() {
        return index + 1;
    }

    private static List<MlDsaKey> keys(List<PublicKey> keys) throws VerificationException {
        List<MlDsaKey> checked = new ArrayList<>();
        for (PublicKey key : keys) {
            checked.add(MlDsaKey.of(key));
        }
        return checked;
    }
}
