package dev.weft.aggregator.ask;

import com.google.protobuf.CodedOutputStream;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import java.util.ArrayList;
import java.util.List;

/**
 * A round in messages that any gRPC client takes (4 MB where nobody says otherwise): the first holds the round and its
 * first sites, those behind it the round's id and further sites, in order.
 */
final class RoundParts {
    /** Of sites in one message, in bytes; only a single site that is larger exceeds it. */
    static final int SITES = 1 << 20;

    private RoundParts() {}

    static List<RoundStatus> of(RoundStatus round) {
        List<RoundStatus> parts = new ArrayList<>();
        RoundStatus.Builder part = round.toBuilder().clearSites();
        int bytes = 0;
        for (SiteInRound site : round.getSitesList()) {
            int size = CodedOutputStream.computeMessageSize(RoundStatus.SITES_FIELD_NUMBER, site);
            if (bytes > 0 && bytes + size > SITES) {
                parts.add(part.build());
                part = RoundStatus.newBuilder().setId(round.getId());
                bytes = 0;
            }
            part.addSites(site);
            bytes += size;
        }
        parts.add(part.build());
        return parts;
    }
}
