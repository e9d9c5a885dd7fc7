package dev.weft.node.deliver;

import java.time.Instant;
import java.util.Optional;

/**
 * How delivery stands, for {@code status}.
 *
 * @param detail one sentence for people; says what to do where something has to be done
 * @param since when this state began
 * @param lastTry when a stream was asked for last
 * @param nextTry when one will be asked for by itself, while it waits for that
 * @param address of the aggregator
 * @param firstPending first seq without a receipt
 * @param signed first seq that was not signed yet
 * @param inFlight sent and not answered
 * @param refusal the aggregator's last word on the first pending statement, if it was a refusal
 */
public record DeliveryStatus(
        State state,
        String detail,
        Instant since,
        Optional<Instant> lastTry,
        Optional<Instant> nextTry,
        String address,
        long firstPending,
        long signed,
        int inFlight,
        Optional<RefusedStatement> refusal) {

    /** Where delivery stands. */
    public enum State {
        /** Not started, or closed. */
        STOPPED,
        /** A stream is being opened. */
        CONNECTING,
        /** Statements flow, or would. */
        CONNECTED,
        /** The last attempt failed; the next one comes by itself. */
        WAITING,
        /** The first pending statement was refused for good; later ones wait behind it. */
        BLOCKED,
        /** The aggregator said not to come back by ourselves. */
        DISMISSED,
        /** The shared log contradicted itself. */
        DISTRUSTED
    }

    /** Statements signed and not yet durable. */
    public long pending() {
        return signed - firstPending;
    }

    public boolean connected() {
        return state == State.CONNECTED || state == State.BLOCKED;
    }
}
