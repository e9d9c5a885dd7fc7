package dev.weft.proto.statement;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import java.util.List;

/**
 * Whether a statement is its author's next one: for this log, in its turn, and with a site log that only grew. The node
 * checks it before it signs, the aggregator when a statement comes in and again when it is appended, so that one refusal
 * never wedges an author's sequence.
 */
public final class IntakeRule {

    private IntakeRule() {}

    /**
     * Checks a statement against where its author stands.
     *
     * @param siteProof RFC 6962 2.1.2 consistency of the author's site log, from the state's head to the stated one;
     *     empty where they are the same or the older is empty
     * @return the author's state after this statement
     * @throws VerificationException {@link Reason#WRONG_FEDERATION}, {@link Reason#WRONG_AUDIENCE},
     *     {@link Reason#WRONG_INCARNATION}, {@link Reason#SEQ_TAKEN}, {@link Reason#OUT_OF_ORDER},
     *     {@link Reason#PREV_MISMATCH} or {@link Reason#SITE_PROOF_INVALID}
     */
    public static AuthorState check(
            OpenedEnvelope opened, AuthorState state, Digest federation, String audience, List<Digest> siteProof)
            throws VerificationException {
        Header header = opened.statement().header();
        if (!header.getFederation().equals(federation.toByteString())) {
            throw refusal(Reason.WRONG_FEDERATION, "The statement is for another federation than " + federation + ".");
        }
        if (!header.getAudience().equals(audience)) {
            throw refusal(Reason.WRONG_AUDIENCE, "The statement is for another log; sign it for " + audience + ".");
        }
        boolean rollover = isRollover(opened.statement());
        if (rollover) {
            checkRollover(header, state);
        } else {
            checkTurn(header, state);
        }
        TreeHead next = TreeHead.of(header.getSiteHead());
        // A rollover begins a new site log, and the old one is left as it was.
        checkSiteLog(rollover ? TreeHead.EMPTY : state.siteHead(), next, siteProof);
        return after(opened.statement());
    }

    /**
     * The author's state after a statement that is in the log.
     *
     * @throws VerificationException {@link Reason#MALFORMED} where its site head is none
     */
    public static AuthorState after(Statement statement) throws VerificationException {
        Header header = statement.header();
        return new AuthorState(
                header.getIncarnation(), header.getSeq() + 1, statement.id(), TreeHead.of(header.getSiteHead()));
    }

    /** Whether the statement opens a new incarnation of its author. */
    public static boolean isRollover(Statement statement) {
        return statement
                .predicate()
                .filter(Key.class::isInstance)
                .map(Key.class::cast)
                .filter(Key::hasRollover)
                .isPresent();
    }

    private static void checkRollover(Header header, AuthorState state) throws VerificationException {
        if (header.getIncarnation() != state.incarnation() + 1) {
            throw refusal(
                    Reason.WRONG_INCARNATION,
                    "A rollover opens incarnation " + (state.incarnation() + 1L) + ", not "
                            + Integer.toUnsignedString(header.getIncarnation()) + ".");
        }
    }

    private static void checkTurn(Header header, AuthorState state) throws VerificationException {
        if (header.getIncarnation() != state.incarnation()) {
            throw refusal(
                    Reason.WRONG_INCARNATION,
                    "The author is in incarnation " + state.incarnation() + ", the statement in "
                            + Integer.toUnsignedString(header.getIncarnation()) + ".");
        }
        int order = Long.compareUnsigned(header.getSeq(), state.nextSeq());
        if (order != 0) {
            throw refusal(
                    order < 0 ? Reason.SEQ_TAKEN : Reason.OUT_OF_ORDER,
                    "The author's next seq is " + state.nextSeq() + ", not " + Long.toUnsignedString(header.getSeq())
                            + "; send statements in order, each once.");
        }
        if (!header.getPrev().equals(state.prev().toByteString())) {
            throw refusal(Reason.PREV_MISMATCH, "'prev' is not the author's last statement " + state.prev() + ".");
        }
    }

    private static void checkSiteLog(TreeHead old, TreeHead next, List<Digest> proof) throws VerificationException {
        if (next.size() < old.size()) {
            throw refusal(
                    Reason.SITE_PROOF_INVALID,
                    "The site log went back from " + old.size() + " to " + next.size()
                            + " records; a restored node goes on by rollover.");
        }
        try {
            new ConsistencyProof(old.size(), next.size(), proof).verify(old, next);
        } catch (VerificationException | IllegalArgumentException e) {
            throw refusal(
                    Reason.SITE_PROOF_INVALID,
                    "The site log of " + next.size() + " records is not proved to extend the one of " + old.size()
                            + ".");
        }
    }

    private static VerificationException refusal(Reason reason, String message) {
        return new VerificationException(reason, message);
    }
}
