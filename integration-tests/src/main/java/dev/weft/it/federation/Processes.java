package dev.weft.it.federation;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Every process that this virtual machine started and that still runs; none outlives it. */
final class Processes {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static volatile boolean closing;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Processes::endAll, "weft-it-reaper"));
    }

    private Processes() {}

    /** Starts it with both streams as one. Short lives: compiling once is enough, unless the caller's environment knows better. */
    static Process start(List<String> line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().putIfAbsent("WEFT_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = keep(builder.start());
        process.getOutputStream().close();
        return process;
    }

    private static Process keep(Process process) {
        RUNNING.removeIf(other -> !other.isAlive());
        RUNNING.add(process);
        if (closing) {
            kill(process); // started while the shutdown hook was already running
        }
        return process;
    }

    /** SIGKILL to the process and to all that it started; returns when it is gone. */
    static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitExit(process, 5);
    }

    /** True when the process ended within that time. */
    static boolean awaitExit(Process process, int seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** SIGTERM to all, SIGKILL to those that do not end by it; returns when none is left. */
    static void endAll() {
        closing = true;
        RUNNING.forEach(Process::destroy);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        for (Process process : RUNNING) {
            if (System.nanoTime() < end) {
                awaitExit(process, 2);
            }
        }
        RUNNING.forEach(Processes::kill);
    }
}
