package dev.weft.node.upkeep;

import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.WireTime;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.v1.Header;
import java.time.Instant;

/** The headers of own statements about keys, which say nothing of the site's log. */
final class KeyStatement {
    private KeyStatement() {}

    /** The next statement in its turn; the site log stays where it was said to be. */
    static Header next(NodeIdentity identity, AuthorState state, TreeHead seen, Instant now) {
        Header.Builder header = begin(identity, state, seen, now)
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq());
        if (!state.siteHead().isEmpty()) {
            header.setSiteHead(state.siteHead().toProto());
        }
        return header.build();
    }

    /** The first statement of the next incarnation, whose site log begins anew. */
    static Header rollover(NodeIdentity identity, AuthorState state, TreeHead seen, Instant now) {
        return begin(identity, state, seen, now)
                .setIncarnation(state.incarnation() + 1)
                .build();
    }

    private static Header.Builder begin(NodeIdentity identity, AuthorState state, TreeHead seen, Instant now) {
        Header.Builder header = Header.newBuilder()
                .setFederation(identity.federation().toByteString())
                .setAudience(identity.origin())
                .setAuthor(identity.name().value())
                .setPrev(state.prev().toByteString())
                .setRecordedAt(WireTime.print(now));
        if (!seen.isEmpty()) {
            header.setSeen(seen.toProto());
        }
        return header;
    }
}
