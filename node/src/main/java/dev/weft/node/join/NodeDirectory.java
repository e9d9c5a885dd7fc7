package dev.weft.node.join;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the files of a membership lie. */
record NodeDirectory(Path root) {

    Path keys() {
        return root.resolve("keys");
    }

    /** Keys that a change has made and that are not in force, or not yet in their place. */
    Path next() {
        return keys().resolve("next");
    }

    /** A rollover that the recovery key has signed: it is said again after a crash, never made again. */
    Path rollover() {
        return next().resolve("rollover.envelope");
    }

    /** The recovery key that a rollover brings, to be moved offline as the first one was. */
    Path recovery(int incarnation) {
        return root.resolve("recovery-" + incarnation + ".key");
    }

    /** The chain, leaf first, CA last, in PEM. */
    Path certificates() {
        return keys().resolve("tls.crt");
    }

    /** The federation's CA in PEM, for people and tools. */
    Path ca() {
        return keys().resolve("ca.crt");
    }

    /** The request of a join that has begun; holds no secret and goes when the join is done. */
    Path request() {
        return keys().resolve("join.request");
    }

    /** The recovery key, to be moved offline. */
    Path recovery() {
        return root.resolve("recovery.key");
    }

    /** A folder that is not there yet, for the keys of a join that was refused for good. */
    Path refused() {
        int n = 1;
        while (Files.exists(root.resolve("refused-join-" + n))) {
            n++;
        }
        return root.resolve("refused-join-" + n);
    }

    /** Is there from the moment the membership is proved. */
    Path identity() {
        return root.resolve("identity.json");
    }

    /** The node's database, which only a member has. */
    Path database() {
        return root.resolve("node.db");
    }
}
