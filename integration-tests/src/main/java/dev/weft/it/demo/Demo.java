package dev.weft.it.demo;

import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Distribution;
import dev.weft.it.search.SearchReport;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command behind {@code ./demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs a federation on this machine: one aggregator, a coordinator and hospitals, real training, and"
                        + " then checks what it claims. Exit code 0 only if every check held.")
public final class Demo implements Callable<Integer> {

    /** Marks a directory that a demo made, and that the next one may clear. */
    private static final String MARK = ".weft-demo";

    @Option(names = "--sites", paramLabel = "N", description = "hospitals, 1 to 50 (default: ${DEFAULT-VALUE})")
    private int sites = 3;

    @Option(names = "--rounds", paramLabel = "N", description = "rounds of training, 1 to 50 (default: 5; quick: 2)")
    private int rounds = -1;

    @Option(names = "--seed", paramLabel = "N", description = "same seed, same models (default: ${DEFAULT-VALUE})")
    private long seed = 42;

    @Option(names = "--keep", description = "stay in the foreground until Ctrl-C")
    private boolean keep;

    @Option(names = "--quick", description = "3 sites, 2 rounds")
    private boolean quick;

    @Option(names = "--dir", paramLabel = "DIR", description = "where everything is to lie (default: target/demo)")
    private @Nullable Path dir;

    @Option(names = "--json", paramLabel = "FILE", description = "write the same facts for a program")
    private @Nullable Path json;

    private final Terminal terminal;
    private final Stop stop;

    Demo(Terminal terminal, Stop stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.standard();
        Stop stop = new Stop(terminal);
        Runtime.getRuntime().addShutdownHook(new Thread(stop, "weft-demo-stop"));
        int exitCode = new CommandLine(new Demo(terminal, stop)).execute(args);
        stop.over();
        System.exit(exitCode);
    }

    @Override
    public Integer call() {
        DemoOptions options;
        try {
            options = options();
            clear(options.dir());
        } catch (IllegalArgumentException | IllegalStateException e) {
            terminal.step("demo: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        try (Study study = Study.start(options, terminal)) {
            Report report = play(study, terminal, keep);
            if (json != null) {
                write(json, report.json());
            }
            if (keep) {
                stay();
            }
            return report.everythingHolds() ? 0 : 1;
        } catch (VerificationException | RuntimeException e) {
            stop.settle();
            terminal.step("demo failed: " + e.getMessage());
            terminal.step("what the daemons said lies in " + options.dir().resolve("logs"));
            return 1;
        }
    }

    /** Plays the whole story on a started study, checks it and tells it. */
    static Report play(Study study, Terminal terminal, boolean kept) throws VerificationException {
        for (int round = 1; round <= study.options().rounds(); round++) {
            study.round(round, terminal);
        }
        Inspection inspection = Inspection.of(study);
        List<Check> checks = new ArrayList<>();
        checks.add(Check.of("every-round-complete", inspection::everyRoundComplete));
        checks.add(Check.of("receipts-verify", inspection::receiptsVerify));
        Answers lineage = inspection.lineage(false);
        checks.add(Check.of("lineage-names-every-site", () -> inspection.lineageNamesEverySite(lineage)));
        String dataset = inspection.changedDataset();
        study.changing().awaitDurable(study.changing().withdraw());
        terminal.step(study.changing().name() + " withdrew the second version of its data");
        Answers impact = inspection.impact(dataset, false);
        checks.add(Check.of("impact-starts-at-round", () -> inspection.impactStartsAtRound(impact)));
        checks.addAll(MalloryAct.play(study, inspection, terminal));
        checks.add(Check.of("steward-approved", inspection::stewardApproved));
        checks.add(Check.of("one-head-everywhere", inspection::oneHeadEverywhere));
        checks.add(Check.of("final-by-its-witnesses", inspection::finalEverywhere));
        terminal.step("writing the final model's audit bundle, and verifying it in another process");
        checks.add(Check.of("bundle-verifies-offline", () -> OfflineAudit.check(study)));
        terminal.step("searching what left for what should not have");
        SearchReport search = Sovereignty.search(study);
        checks.add(Sovereignty.check(search));
        Telling telling = new Telling(study, inspection, terminal);
        telling.rounds();
        telling.lineage(lineage);
        telling.impact(dataset, impact);
        telling.kept(search);
        telling.checks(checks);
        telling.where(kept);
        return Report.of(study, inspection, checks, dataset, impact, search, terminal.seconds());
    }

    private DemoOptions options() {
        if (json != null) {
            Path parent = json.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new IllegalArgumentException(
                        "--json " + json + " lies in no directory that there is; make it first");
            }
        }
        Path where = Optional.ofNullable(dir)
                .orElseGet(() -> Distribution.checkout().resolve("target").resolve("demo"));
        int played = rounds != -1 ? rounds : quick ? 2 : 5;
        return new DemoOptions(quick ? 3 : sites, played, seed, where);
    }

    /** Empties a directory that an earlier demo made; refuses any other that is not empty. */
    private static void clear(Path dir) {
        try {
            if (Files.exists(dir)) {
                List<Path> inside;
                try (Stream<Path> files = Files.walk(dir)) {
                    inside = files.sorted(Comparator.reverseOrder()).toList();
                }
                if (inside.size() > 1 && !Files.exists(dir.resolve(MARK))) {
                    throw new IllegalArgumentException(dir + " is not empty and no demo made it; name another");
                }
                for (Path path : inside) {
                    Files.delete(path);
                }
            }
            Files.createDirectories(dir);
            Files.createFile(dir.resolve(MARK));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot use " + dir + ": " + e.getMessage(), e);
        }
    }

    private void stay() {
        terminal.step("everything keeps running; Ctrl-C ends it");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
