package dev.weft.aggregator.cli;

import dev.weft.aggregator.OpenFederation;
import dev.weft.aggregator.accept.Accepted;
import dev.weft.aggregator.accept.AdminActions;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A change of the log by its operator: through the daemon that runs on the directory, or on the directory itself. */
final class Change {
    private final Place place;

    Change(Place place) {
        this.place = place;
    }

    /** The change as the daemon makes it. */
    interface ThroughDaemon {
        long index(Daemon daemon) throws Exception;
    }

    /** The change without one. */
    interface Directly {
        CompletableFuture<Accepted> make(AdminActions actions) throws VerificationException;
    }

    /** Makes the change and says at which entry it stands. */
    void make(String what, ThroughDaemon through, Directly directly) throws Exception {
        Optional<Daemon> daemon = Daemon.find(place.directory());
        long index;
        if (daemon.isPresent()) {
            index = through.index(daemon.get());
        } else {
            index = offline(directly);
        }
        place.out().println(place.json() ? "{\"index\":" + index + "}" : what + " at entry " + index);
    }

    private long offline(Directly directly) throws Exception {
        try (OpenFederation federation =
                OpenFederation.open(place.config(), new SecureRandom(), InstantSource.system())) {
            return directly.make(new AdminActions(federation.appender())).get().index();
        } catch (VerificationException e) {
            if (e.reason() == Reason.ALREADY_RUNNING) {
                throw new VerificationException(
                        Reason.UNAVAILABLE, "A daemon holds the directory and is not ready yet; try again.");
            }
            throw e;
        }
    }
}
