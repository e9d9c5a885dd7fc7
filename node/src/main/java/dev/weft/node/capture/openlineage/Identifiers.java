package dev.weft.node.capture.openlineage;

import java.util.Locale;
import java.util.UUID;

/**
 * External ids of what events name. A namespace often holds a colon, a name may hold anything: the bar between them, which
 * a namespace's own is escaped for, keeps two datasets two.
 */
final class Identifiers {

    private Identifiers() {}

    static String dataset(String namespace, String name) {
        return "dataset:" + scoped(namespace, name);
    }

    static String job(String namespace, String name) {
        return "job:" + scoped(namespace, name);
    }

    private static String scoped(String namespace, String name) {
        return namespace.replace("%", "%25").replace("|", "%7C") + "|" + name;
    }

    /** A run's own id where it is a UUID; another one counts within its job alone, since producers repeat them. */
    static String run(String namespace, String job, String runId) {
        try {
            return "run:" + UUID.fromString(runId).toString().toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "run:" + scoped(namespace, job) + "|" + runId;
        }
    }
}
