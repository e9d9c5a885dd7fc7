package dev.weft.it.demo;

import dev.weft.it.federation.Federation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What happens when somebody stops the demo before its end: every process is ended, and one word says so. */
final class Stop implements Runnable {

    /** Ctrl-C reaches the daemons as well as the demo: their end may be felt before the signal was handled here. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile boolean over;

    Stop(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The story has come to its end: the virtual machine's end is no stop. */
    void over() {
        over = true;
    }

    /** Waits a moment for a stop that may be on its way; the terminal is silent afterwards if it was one. */
    void settle() {
        try {
            asked.await(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The shutdown hook. */
    @Override
    public void run() {
        if (over) {
            return;
        }
        terminal.hush();
        asked.countDown();
        Federation.endAll();
        terminal.last("stopped; every process of this demo has ended");
    }
}
