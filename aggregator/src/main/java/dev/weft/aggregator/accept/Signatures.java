package dev.weft.aggregator.accept;

import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.OpenedEnvelope;
import java.util.List;

/** Whether a statement is signed by exactly the keys in force; one that is not is a forgery, and is told as such. Any thread. */
final class Signatures {
    private final SecurityEvents events;

    Signatures(SecurityEvents events) {
        this.events = events;
    }

    void verify(OpenedEnvelope opened, Standing standing) throws VerificationException {
        List<SignatureKey> required = standing.requiredKeys(opened);
        try {
            opened.verify(required);
        } catch (VerificationException e) {
            if (e.reason() != Reason.SECOND_SIGNATURE_MISSING) { // that one was on its way when root required it
                events.raise(new SecurityEvent.Forgery(
                        opened.statement().header().getAuthor(),
                        e.reason(),
                        "seq " + opened.statement().header().getSeq()));
            }
            throw e;
        }
    }
}
