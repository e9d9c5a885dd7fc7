package dev.weft.node.cli;

import dev.weft.node.db.NodeDatabase;
import dev.weft.proto.identity.SignatureProvider;

/**
 * Loads what a daemon's start needs later and takes longest, the native libraries, while the command line and the
 * settings are read. Nothing depends on it: whoever needs a part first waits for it or loads it.
 */
final class Preload {
    private Preload() {}

    static void start() {
        run("weft-preload-signatures", SignatureProvider::active);
        run("weft-preload-database", NodeDatabase::preload);
    }

    private static void run(String name, Runnable part) {
        Thread thread = new Thread(part, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((died, failure) -> {
            // The start meets the same failure where it can say it.
        });
        thread.start();
    }
}
