package dev.weft.node.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weft.node.observe.Artifact;
import dev.weft.node.observe.CommandLine;
import dev.weft.node.observe.HashCache;
import dev.weft.node.observe.Hasher;
import dev.weft.node.observe.RunEnd;
import dev.weft.node.observe.RunStart;
import dev.weft.node.observe.SmallFile;
import dev.weft.node.observe.Watched;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command and records what it was. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs COMMAND and records it: code, environment, inputs, outputs, parameters, exit code, duration.",
            "Exits as COMMAND does. All of it stays at this site; policy decides what leaves, as always."
        })
final class RunCommand extends NodeCommand {
    private final InstantSource clock = InstantSource.system();

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "What to run, after a --.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description = "A file or folder that it reads; several times. model:PATH or dataset:PATH says what it is.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--output", paramLabel = "PATH", description = "A file or folder that it writes; several times.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--inputs-from-arguments",
            description = "Arguments of COMMAND that name a file or folder which Git does not keep are inputs.")
    private boolean fromArguments;

    @Option(
            names = "--outputs-under",
            paramLabel = "DIR",
            description = "What is new or was written there afterwards is an output; several times.")
    private List<Path> under = new ArrayList<>();

    @Option(names = "--code", paramLabel = "PATH", description = "The code, where it lies in no Git working tree.")
    private @Nullable Path code;

    @Option(
            names = "--step",
            paramLabel = "STEP",
            description = "prepare, train, evaluate or aggregate (default train).")
    private String step = "train";

    @Option(names = "--param", paramLabel = "NAME=VALUE", description = "A parameter; long options of COMMAND are too.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--seed", paramLabel = "N", description = "The seed (default: parameter 'seed', where it has one).")
    private @Nullable Long seed;

    @Option(names = "--metrics", paramLabel = "FILE", description = "JSON object of numbers that COMMAND leaves there.")
    private @Nullable Path metrics;

    @Option(names = "--env", paramLabel = "NAME", description = "A variable that belongs to the environment.")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = "--container-image",
            paramLabel = "IMAGE",
            description = "The image, where none can be asked for it.")
    private @Nullable String image;

    @Option(names = "--fail-closed", description = "Do not start COMMAND where it cannot be recorded.")
    private boolean failClosed;

    @Option(names = "--spool", paramLabel = "FILE", description = "Keep there what the node does not take now.")
    private @Nullable Path spool;

    @Override
    int run() throws CliException, VerificationException, IOException {
        Path directory = Path.of("").toAbsolutePath();
        Sink sink = new Sink(common(), spool);
        Hasher hasher = new Hasher(
                HashCache.open(common().directory().resolve("hash-cache")), clock, ProgressBar.on(console(), common()));
        List<Watched> watched = new ArrayList<>();
        for (Path folder : under) {
            watched.add(Watched.of(folder.toAbsolutePath().normalize()));
        }
        RunStart start = start(directory, hasher);
        List<JsonObject> unsent = hand(sink, start.records());
        Child child = Child.start(words);
        RunEnd end;
        try {
            int exit = child.await();
            end = new RunEnd(start, clock.instant(), exit, made(start, hasher, watched, directory), measured());
            finish(sink, unsent, end);
        } finally {
            child.recorded();
        }
        hasher.save().ifPresent(console()::error);
        return end.exitCode();
    }

    private RunStart start(Path directory, Hasher hasher) throws CliException, IOException {
        RunSetting setting = new RunSetting(directory, new CommandLine(words), hasher);
        List<Artifact> read = new ArrayList<>();
        for (String input : inputs) {
            read.add(Artifact.of(Artifact.Named.parse(input, false, directory), hasher));
        }
        if (fromArguments) {
            for (Artifact.Named named : setting.arguments()) {
                read.add(Artifact.of(named, hasher));
            }
        }
        JsonObject all = new CommandLine(words).parameters();
        parameters.forEach((name, value) -> all.add(name, CommandLine.scalar(name, value)));
        RunSetting.Told told = new RunSetting.Told(Optional.ofNullable(code), variables, Optional.ofNullable(image));
        return new RunStart(
                "run:" + UUID.randomUUID(),
                step,
                read,
                setting.record(told),
                new RunStart.Started(
                        new CommandLine(words),
                        directory.toString(),
                        all,
                        RunSetting.seed(seed, all),
                        clock.instant()));
    }

    /** What could not be handed in now, and waits for the end. */
    private List<JsonObject> hand(Sink sink, List<JsonObject> records) throws CliException {
        try {
            sink.send(records);
            return List.of();
        } catch (CliException e) {
            if (failClosed) {
                throw new CliException(e.code(), e.getMessage() + "; COMMAND was not started");
            }
            console().error("weft: " + e.getMessage() + "; COMMAND runs without being recorded so far");
            return records;
        }
    }

    /** From here on COMMAND has run, and nothing may hide how it ended: what cannot be hashed is told and left out. */
    private RunEnd.Made made(RunStart start, Hasher hasher, List<Watched> watched, Path directory) {
        List<Artifact> made = new ArrayList<>();
        List<Path> missing = new ArrayList<>();
        for (String output : outputs) {
            Artifact.Named named = Artifact.Named.parse(output, true, directory);
            if (!hash(named, hasher, made)) {
                missing.add(named.path());
            }
        }
        for (Watched each : watched) {
            try {
                for (Path file : each.written()) {
                    hash(new Artifact.Named(Artifact.Named.kind(file, true), file), hasher, made);
                }
            } catch (IOException | UncheckedIOException e) {
                console().error("weft: what COMMAND wrote cannot be listed: " + e.getMessage());
            }
        }
        return new RunEnd.Made(made, changed(start, hasher), missing);
    }

    private boolean hash(Artifact.Named named, Hasher hasher, List<Artifact> made) {
        try {
            return made.add(Artifact.of(named, hasher));
        } catch (IOException e) {
            console().error("weft: a file cannot be hashed: " + e.getMessage());
            return false;
        }
    }

    private List<Path> changed(RunStart start, Hasher hasher) {
        List<Path> changed = new ArrayList<>();
        for (Artifact input : start.inputs()) {
            List<Artifact> now = new ArrayList<>();
            hash(new Artifact.Named(input.kind(), input.path()), hasher, now);
            if (!now.equals(List.of(input))) {
                changed.add(input.path());
                console().error("weft: " + input.path() + " changed while COMMAND ran: what it read is not known");
            }
        }
        return changed;
    }

    private JsonObject measured() {
        if (metrics == null) {
            return new JsonObject();
        }
        try {
            return JsonParser.parseString(SmallFile.text(metrics)).getAsJsonObject();
        } catch (IOException | JsonParseException | IllegalStateException e) {
            console().error("weft: no metrics can be read from " + metrics + ": " + e.getMessage());
            return new JsonObject();
        }
    }

    /** The command ran, whatever becomes of its record: from here on nothing changes the exit code. */
    private void finish(Sink sink, List<JsonObject> unsent, RunEnd end) {
        List<JsonObject> records = new ArrayList<>(unsent);
        records.addAll(end.records());
        try {
            sink.send(records);
            console().error("weft: recorded as " + end.start().id());
        } catch (CliException e) {
            console().error("weft: " + e.getMessage() + "; " + sink.keep(records));
        }
    }
}
