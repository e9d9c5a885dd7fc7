package dev.weft.node.upkeep;

import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import java.io.IOException;
import java.util.Optional;

/** Gives what waits in the outbox the second signatures that root requires, before a node says anything more. */
public final class SecondSignatures {
    private static final String MEANWHILE = "; until then records are kept and nothing is signed";

    private SecondSignatures() {}

    /**
     * Completes what waits, over the same payload. A crash before this commit leaves it as it was, and the next start does the
     * same.
     *
     * @return why nothing may be signed here, if so
     */
    public static Optional<NodeAnchor.Stopped> complete(NodeDatabase database, NodeIdentity identity, Outbox outbox)
            throws IOException, VerificationException {
        Optional<MlDsaSigningKey> second = identity.requiredSecondKey();
        if (second.isPresent()) {
            int without = database.write(connection -> outbox.signTwice(connection, second.get()));
            return without == 0 ? Optional.empty() : Optional.of(stuck());
        }
        if (!identity.lacksSecond()) {
            return Optional.empty();
        }
        return Optional.of(
                database.write(outbox::hasSignedOnce)
                        ? stuck()
                        : new NodeAnchor.Stopped(
                                Reason.SECOND_KEY_MISSING,
                                "root requires second signatures and this member has no second key: stop the node and run"
                                        + " 'weft-node key rotate second'" + MEANWHILE));
    }

    private static NodeAnchor.Stopped stuck() {
        return new NodeAnchor.Stopped(
                Reason.SECOND_SIGNATURE_MISSING,
                "root requires second signatures, and statements wait that were signed before this member had a second key"
                        + " and can never be appended: run 'weft-node recover'" + MEANWHILE);
    }
}
