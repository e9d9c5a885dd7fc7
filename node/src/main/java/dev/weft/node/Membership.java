package dev.weft.node;

import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.Deliverer;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.release.Author;
import java.util.List;

/** What the parts of a running node take from its membership: as whom it speaks, whom it dials and how. */
final class Membership {
    private Membership() {}

    static Author author(NodeIdentity identity) {
        return new Author(
                identity.federation(),
                identity.origin(),
                identity.name(),
                identity.role(),
                identity.statementKey(),
                identity.founding().limits());
    }

    /** Those of the configuration, else those that the invitation named. */
    static List<String> addresses(NodeConfig config, NodeIdentity identity) {
        List<String> own = config.delivery().addresses();
        return own.isEmpty() ? identity.addresses() : own;
    }

    static Deliverer.Settings delivery(NodeConfig config, NodeIdentity identity, String software) {
        return new Deliverer.Settings(
                identity.federation(),
                identity.origin(),
                software,
                config.delivery().window(),
                config.delivery().backoffInitial(),
                config.delivery().backoffMax(),
                config.delivery().answerTimeout());
    }
}
