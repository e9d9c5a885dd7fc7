package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Submission;
import java.util.List;

/**
 * One statement as it waits for delivery.
 *
 * @param seq of the author's incarnation
 * @param statement its id
 * @param envelope the exact bytes as signed
 * @param siteProof RFC 6962 consistency from the site head in seq - 1 to the one in this statement
 * @param openings approved values that travel beside it
 */
record OutboxEntry(long seq, Digest statement, ByteString envelope, List<Digest> siteProof, List<Opening> openings) {

    OutboxEntry {
        siteProof = List.copyOf(siteProof);
        openings = List.copyOf(openings);
    }

    Submission toSubmission() {
        return Submission.newBuilder()
                .setEnvelope(envelope)
                .setSeq(seq)
                .addAllSiteProof(siteProof.stream().map(Digest::toByteString).toList())
                .addAllOpenings(openings)
                .build();
    }
}
