package dev.weft.aggregator.accept;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Opening;
import java.util.List;
import java.util.Optional;

/**
 * A well-formed statement on its way to the log.
 *
 * @param siteProof consistency of the author's site log, sent beside it
 * @param openings approved values, checked against its commitments
 * @param checked what the check found; empty where the append has to find out by itself
 */
record Submission(
        OpenedEnvelope opened,
        List<Digest> siteProof,
        List<Opening> openings,
        Optional<Checked> checked,
        Outcome outcome) {

    /**
     * The ground on which the check passed: still good where the log stands there when the statement's turn comes.
     *
     * @param member with the keys that the signatures verified under
     * @param before where the author stood
     * @param after where it stands with this statement
     * @param signedTwice whether second signatures were required
     */
    record Checked(Member member, AuthorState before, AuthorState after, boolean signedTwice) {}
}
