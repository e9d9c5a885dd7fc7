package dev.weft.it.federation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One {@code serve} process: started, waited for, stopped, killed, started again. What it prints goes to a file. */
public final class Daemon implements AutoCloseable {

    private static final Duration READY = Duration.ofMinutes(3);

    private final String name;
    private final Path dir;
    private final Path log;
    private final List<String> line;
    private Optional<Process> process = Optional.empty();
    private String readyLine = "";

    Daemon(String name, Path dir, Path log, List<String> line) {
        this.name = name;
        this.dir = dir;
        this.log = log;
        this.line = List.copyOf(line);
    }

    /** Starts it and returns when it has printed its ready line. */
    public synchronized Daemon start() {
        if (running()) {
            throw new IllegalStateException(name + " runs already");
        }
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process started = Processes.start(line);
            process = Optional.of(started);
            CompletableFuture<String> ready = new CompletableFuture<>();
            Thread reader = new Thread(() -> copy(started, ready), "log-" + name);
            reader.setDaemon(true);
            reader.start();
            readyLine = ready.get(READY.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + line.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " starts", e);
        } catch (ExecutionException | TimeoutException e) {
            process.ifPresent(Processes::kill);
            throw new IllegalStateException(name + " did not become ready:\n" + log(), e);
        }
        return this;
    }

    /** SIGTERM, and wait: true when it ended by itself with exit code 0 or 143. */
    public synchronized boolean stop() {
        return process.filter(Process::isAlive).map(Daemon::terminate).orElse(true);
    }

    /** SIGKILL: no chance to say or write anything more. */
    public synchronized void killHard() {
        process.ifPresent(Processes::kill);
    }

    /** True while the process lives. */
    public synchronized boolean running() {
        return process.map(Process::isAlive).orElse(false);
    }

    public String name() {
        return name;
    }

    public Path dir() {
        return dir;
    }

    /** The line that it printed when it was ready. */
    public synchronized String readyLine() {
        return readyLine;
    }

    /** What the running daemon says of itself. */
    public RunFile runFile() {
        return RunFile.read(dir);
    }

    /** Everything it has printed so far, over all its starts. */
    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private static boolean terminate(Process process) {
        process.destroy();
        if (Processes.awaitExit(process, 60)) { // the first end of an installation also writes its class archive
            return process.exitValue() == 0 || process.exitValue() == 143;
        }
        Processes.kill(process);
        return false;
    }

    private void copy(Process from, CompletableFuture<String> ready) {
        try (BufferedReader in = from.inputReader(StandardCharsets.UTF_8);
                Writer out = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            String text;
            while ((text = in.readLine()) != null) {
                out.write(text + "\n");
                out.flush();
                if (text.contains(" ready in ")) {
                    ready.complete(text);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e); // the process was killed while it wrote
        } finally {
            ready.completeExceptionally(new IOException(name + " ended before it was ready"));
        }
    }
}
