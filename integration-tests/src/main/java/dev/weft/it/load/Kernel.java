package dev.weft.it.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** What Linux counts of a process and of a disk. */
public final class Kernel {
    private static final double TICKS_PER_SECOND = 100;
    private static final int FSYNC_BLOCK = 4_096;

    private Kernel() {}

    /** Resident memory in MB (of 1,000,000 bytes). */
    public static double residentMegabytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D+", "")) * 1_024 / 1e6;
                }
            }
            return Double.NaN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor seconds of each kind of thread so far, by name without its number. */
    public static Map<String, Double> threadSeconds(long pid) {
        Map<String, Double> seconds = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                add(task, seconds);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seconds;
    }

    private static void add(Path task, Map<String, Double> seconds) throws IOException {
        try {
            String stat = Files.readString(task.resolve("stat"));
            int end = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, end).replaceAll("[-#\\d]+$", "");
            String[] fields = stat.substring(end + 2).split(" ", -1);
            double spent = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
            seconds.merge(name, spent, Double::sum);
        } catch (NoSuchFileException ended) {
            // The thread ended since the directory was read.
        }
    }

    /** Processor seconds of a process that lives. */
    public static double processorSeconds(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(duration -> duration.toNanos() / 1e9)
                .orElse(Double.NaN);
    }

    /** How often a second one block can be made durable there, one after the other. */
    public static double fsyncPerSecond(Path dir) {
        Path file = dir.resolve("fsync.probe");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            ByteBuffer block = ByteBuffer.allocate(FSYNC_BLOCK);
            long start = System.nanoTime();
            int done = 0;
            while (System.nanoTime() - start < 1_000_000_000L) {
                block.clear();
                channel.write(block, (long) (done % 256) * FSYNC_BLOCK);
                channel.force(false);
                done++;
            }
            return done * 1e9 / (System.nanoTime() - start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The machine's load over the last minute. */
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** What the processor calls itself. */
    static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
