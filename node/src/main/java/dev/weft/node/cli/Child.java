package dev.weft.node.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs with our own input, output and error. Where this process is told to stop (Ctrl-C, a scheduler's
 * SIGTERM), the child is told too, and we stay until how it ended is recorded, or half a minute has gone.
 */
final class Child {
    /** What shells answer where there is no such command. */
    private static final int NOT_FOUND = 127;

    private static final int PATIENCE = 30;

    private final Process process;
    private final CountDownLatch recorded = new CountDownLatch(1);

    private Child(Process process) {
        this.process = process;
    }

    static Child start(List<String> words) throws CliException {
        try {
            Child child = new Child(new ProcessBuilder(words).inheritIO().start());
            Runtime.getRuntime().addShutdownHook(new Thread(child::stop, "weft-run-stop"));
            return child;
        } catch (IOException e) {
            throw new CliException(NOT_FOUND, "cannot start " + words.get(0) + ": " + e.getMessage());
        }
    }

    private void stop() {
        process.destroy();
        try {
            recorded.await(PATIENCE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its exit code: 128 and the signal's number where a signal ended it. */
    int await() throws CliException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.UNREACHABLE, "interrupted");
        }
    }

    /** Nothing has to be waited for any more. */
    void recorded() {
        recorded.countDown();
    }
}
