package dev.weft.proto.graph;

import dev.weft.proto.Reason;
import dev.weft.proto.statement.LinkEpochRule;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.LinkKey;
import java.util.Optional;
import java.util.Set;

/** The epochs of the federation's linking key, each with whoever opened it. Nothing derives from one. */
final class LinkEpochs {
    private LinkEpochs() {}

    static Effect stated(Entry entry, LinkKey linkKey) {
        Optional<Reason> refused = LinkEpochRule.judge(
                entry.role(),
                linkKey.getEpoch(),
                epoch -> entry.draft().vertex(VertexRef.linkEpoch(epoch)).isPresent());
        if (refused.isPresent()) {
            return Effect.without(refused.get());
        }
        VertexRef ref = VertexRef.linkEpoch(linkKey.getEpoch());
        entry.say(ref, "link epoch " + linkKey.getEpoch(), Set.of());
        entry.link(ref, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        return Effect.EFFECTIVE;
    }
}
