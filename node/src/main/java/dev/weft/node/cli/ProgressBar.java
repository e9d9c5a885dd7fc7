package dev.weft.node.cli;

import dev.weft.node.observe.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** How far hashing is, on one line of a terminal, ten times a second at most. */
final class ProgressBar implements Progress {
    private static final int WIDTH = 30;
    private static final long PAUSE = 100_000_000;

    private final Console console;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong shown = new AtomicLong();
    private volatile long allFiles;
    private volatile long allBytes;

    private ProgressBar(Console console) {
        this.console = console;
    }

    /** A bar where a person watches, else silence. */
    static Progress on(Console console, Common common) {
        return !common.json() && terminal() ? new ProgressBar(console) : Progress.NONE;
    }

    /** Whether standard error is one (Linux says so in proc; elsewhere nobody is assumed to watch). */
    private static boolean terminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public void expect(long moreFiles, long moreBytes) {
        files.set(0);
        bytes.set(0);
        allFiles = moreFiles;
        allBytes = moreBytes;
    }

    @Override
    public void done(long size) {
        long file = files.incrementAndGet();
        long byteCount = bytes.addAndGet(size);
        long last = shown.get();
        long now = System.nanoTime();
        if (file == allFiles || (now - last > PAUSE && shown.compareAndSet(last, now))) {
            show(file, byteCount);
        }
    }

    private void show(long file, long byteCount) {
        int filled = allBytes == 0 ? WIDTH : (int) Math.min(WIDTH, WIDTH * byteCount / allBytes);
        console.err()
                .print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] "
                        + "%,d of %,d files, %,d MB".formatted(file, allFiles, byteCount / 1_000_000)
                        + (file == allFiles ? "\n" : ""));
        console.err().flush();
    }
}
