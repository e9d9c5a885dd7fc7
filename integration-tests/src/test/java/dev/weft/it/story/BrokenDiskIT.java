package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A disk without room, and system calls that fail: a real one, so this needs root, tmpfs and strace. */
@Tag("faults")
@Tag("recovery")
class BrokenDiskIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Path disk;
    private Federation federation;

    @BeforeEach
    void mount() throws Exception {
        disk = PlayedStudy.directory("disk");
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=48m", "weft", disk.toString()) == 0,
                "skipped: a tmpfs cannot be mounted here; run as root");
        federation = Federation.create(
                Files.createDirectory(disk.resolve("federation")), "disk", Distribution.find(), Route.DIRECT);
        federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a")));
        federation.nameWitnesses();
    }

    @AfterEach
    void unmount() throws Exception {
        if (federation != null) {
            federation.close();
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.waitFor();
    }

    private static void awaitMore(WorkUnderKills work) {
        int before = work.statements().size();
        Await.until("more is stated", LIMIT, () -> work.statements().size() > before + 5);
    }

    @Test
    void fullDisk_losesNothing_andAllGoesOnWhenThereIsRoom() throws Exception {
        EveryCheckpoint checkpoints = new EveryCheckpoint(federation);
        WorkUnderKills work = WorkUnderKills.begin(federation.node("coordinator"), federation.node("hospital-a"));
        try (work) {
            awaitMore(work);
            Path ballast = disk.resolve("ballast");
            fill(ballast);
            Await.until("the disk is full and somebody is refused", LIMIT, () -> work.refused() > 20);
            checkpoints.collect();
            Files.delete(ballast);
            awaitMore(work);
        }
        new Reckoning(federation, "after a full disk").settle(work, checkpoints, 1);
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4_096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(Files.size(ballast)).isPositive();
        }
    }

    @Test
    void failingSyncs_neverLoseWhatWasAcknowledged() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "skipped: no strace in /usr/bin");
        EveryCheckpoint checkpoints = new EveryCheckpoint(federation);
        WorkUnderKills work = WorkUnderKills.begin(federation.node("coordinator"), federation.node("hospital-a"));
        try (work) {
            awaitMore(work);
            Path calls = disk.resolve("calls");
            Process strace = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-qq",
                            "-o",
                            calls.toString(),
                            "-e",
                            "trace=fsync,fdatasync",
                            "-e",
                            "inject=fsync,fdatasync:error=EIO:when=3+4",
                            "-p",
                            Long.toString(federation.aggregator().runFile().pid()))
                    .redirectErrorStream(true)
                    .start();
            boolean ended = strace.waitFor(3, TimeUnit.SECONDS);
            assumeTrue(!ended || strace.exitValue() == 0, "skipped: strace may not attach to a process here");
            strace.destroy();
            assertThat(strace.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(calls).content().as("what failed").contains("EIO", "(INJECTED)");
            checkpoints.collect();
            federation.aggregator().killHard(); // it may have stopped by itself, which is right as well
            federation.aggregator().start();
            awaitMore(work);
        }
        new Reckoning(federation, "after failing syncs").settle(work, checkpoints, 1);
    }
}
