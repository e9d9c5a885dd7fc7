package dev.weft.node.release;

import dev.weft.proto.digest.LinkingKey;
import java.util.Optional;

/** The federation's linking key, as far as this node has it. Asked on the writer's thread, each time anew. */
@FunctionalInterface
public interface LinkingKeys {
    /** A node without linking keys: what policy calls linkable stands as a commitment. */
    LinkingKeys NONE = Optional::empty;

    /** The key of the newest epoch that the log holds; empty where this node lacks it, whichever older ones it has. */
    Optional<Held> current();

    /** A key and the number of its epoch. */
    record Held(int epoch, LinkingKey key) {}
}
