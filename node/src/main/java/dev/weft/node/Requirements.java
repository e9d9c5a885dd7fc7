package dev.weft.node;

import dev.weft.node.deliver.RequirementTaker;
import dev.weft.node.deliver.SharedHead;
import dev.weft.node.join.RequiredSecond;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.v1.Welcome;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How a running node learns that root requires second signatures: from the aggregator, which proves it, or from its own copy
 * of the log, so that an aggregator that says nothing of it keeps it from nobody who mirrors.
 */
final class Requirements implements RequirementTaker {
    private final RequiredSecond taker;
    private final SharedHead head;
    private final SecurityEvents events;
    private final Runnable startAnew;
    /** What runs now does not sign twice yet: until it has ended, nothing is sent. */
    private volatile boolean ending;

    /** Starts anew after each that was news. */
    Requirements(Path directory, SharedHead head, SecurityEvents events, Runnable startAnew) {
        this.taker = new RequiredSecond(directory);
        this.head = head;
        this.events = events;
        this.startAnew = startAnew;
    }

    @Override
    public boolean offered(Welcome welcome) throws VerificationException {
        return taken(() -> taker.take(welcome, head), welcome.getRequirement().getIndex());
    }

    /** What the copy holds; for the witness's thread. */
    void held(FoundingEntry entry) {
        try {
            boolean unused = taken(() -> taker.takeFromCopy(entry), entry.index());
        } catch (VerificationException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private interface Taking {
        boolean take() throws IOException, VerificationException;
    }

    private boolean taken(Taking taking, long index) throws VerificationException {
        try {
            boolean news = taking.take();
            if (news) {
                ending = true;
                events.raise(new SecurityEvent.SecondSignaturesRequired(index));
                startAnew.run();
            }
            return ending;
        } catch (VerificationException e) {
            events.raise(new SecurityEvent.RequirementContradicted(e.reason().code(), e.getMessage()));
            throw e;
        } catch (IOException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE, "The required signatures could not be taken up: " + e.getMessage() + ".", e);
        }
    }
}
