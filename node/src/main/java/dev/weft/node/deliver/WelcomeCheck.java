package dev.weft.node.deliver;

import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Welcome;

/**
 * Whether the aggregator's first word fits what this directory knows: if not, one of the two is an old copy, and nothing
 * is sent.
 */
record WelcomeCheck(String origin, int incarnation, SecurityEvents events) {

    /** Of the protocol, as this program speaks it. */
    static final int VERSION = 1;

    /**
     * Fails where nothing may be sent.
     *
     * @param firstPending first own seq without a receipt
     * @param signed first own seq that was not signed yet
     */
    void check(Welcome welcome, long firstPending, long signed) throws VerificationException {
        if (welcome.getProtocolVersion() != VERSION) {
            throw new VerificationException(
                    Reason.UNSUPPORTED_VERSION,
                    "The aggregator speaks protocol version " + welcome.getProtocolVersion() + ", this node version "
                            + VERSION + "; update the older one. Recording goes on.");
        }
        if (!welcome.getOrigin().equals(origin)) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The aggregator keeps log " + welcome.getOrigin() + ", this membership is of " + origin
                            + "; check its address.");
        }
        if (welcome.getIncarnation() > incarnation) {
            events.raise(new SecurityEvent.IncarnationOver(incarnation, welcome.getIncarnation()));
            throw new VerificationException(
                    Reason.WRONG_INCARNATION,
                    "The shared log has this member in incarnation " + welcome.getIncarnation()
                            + ", this directory is in " + incarnation
                            + ": it is an old copy. Stop it; nothing is sent.");
        }
        if (welcome.getExpectedSeq() > signed || welcome.getExpectedSeq() < firstPending) {
            events.raise(new SecurityEvent.SequenceMismatch(welcome.getExpectedSeq(), firstPending - 1, signed));
            throw new VerificationException(
                    Reason.OUT_OF_ORDER,
                    "The aggregator expects statement " + welcome.getExpectedSeq() + " of this member, this directory"
                            + " has receipts below " + firstPending + " and signed below " + signed
                            + "; one of the two is an old copy. Nothing is sent.");
        }
    }
}
