package dev.weft.aggregator.accept;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Key;
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
     * @param verified false where a change of the author's keys goes before it: only behind that can its signatures be judged
     */
    record Checked(Member member, AuthorState before, AuthorState after, boolean signedTwice, boolean verified) {}

    /**
     * What its author's stream has handed on and the log may not hold yet.
     *
     * @param turn where the author stands once all of it is appended
     * @param keys where it stands once its last change of keys is
     */
    record Ahead(AuthorState turn, Optional<AuthorState> keys) {
        /** With one more that passed the check. */
        static Optional<Ahead> after(Optional<Ahead> before, Submission submission) {
            if (submission.checked().isEmpty()) {
                return before;
            }
            AuthorState turn = submission.checked().get().after();
            boolean changes = submission.opened().statement().predicate().orElse(null) instanceof Key;
            return Optional.of(new Ahead(turn, changes ? Optional.of(turn) : before.flatMap(Ahead::keys)));
        }

        /** Whether a change of keys is on its way to a log where the author stands there. */
        boolean changesKeys(AuthorState now) {
            return keys.filter(then -> then.incarnation() != now.incarnation()
                            ? Integer.compareUnsigned(then.incarnation(), now.incarnation()) > 0
                            : Long.compareUnsigned(then.nextSeq(), now.nextSeq()) > 0)
                    .isPresent();
        }
    }
}
