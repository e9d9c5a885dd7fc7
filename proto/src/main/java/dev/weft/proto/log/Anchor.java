package dev.weft.proto.log;

import java.io.IOException;
import java.util.Optional;

/**
 * The memory of the largest signed head, outside the database and outside its backups, so that a restored database is
 * noticed before it signs a second history.
 */
public interface Anchor {
    /** What stands there; empty before the first. */
    Optional<AnchoredHead> read() throws IOException;

    /**
     * Moves the anchor from exactly {@code expected}, durable on return. Fails with {@link AnchorLostException} if
     * something else stands there: the caller destroys its signature and steps down.
     */
    void compareAndSet(Optional<AnchoredHead> expected, AnchoredHead next) throws AnchorLostException, IOException;
}
