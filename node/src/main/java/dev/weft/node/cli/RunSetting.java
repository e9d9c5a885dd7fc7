package dev.weft.node.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.node.observe.Artifact;
import dev.weft.node.observe.CodeState;
import dev.weft.node.observe.CommandLine;
import dev.weft.node.observe.Environment;
import dev.weft.node.observe.Hasher;
import dev.weft.node.observe.RunStart;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What stands around a command before it starts: its code, its environment, the files that its arguments name. */
final class RunSetting {
    private final Path directory;
    private final CommandLine command;
    private final Hasher hasher;
    private final Optional<CodeState> git;

    /** What a person said about it. */
    record Told(Optional<Path> code, List<String> variables, Optional<String> image) {}

    RunSetting(Path directory, CommandLine command, Hasher hasher) throws IOException {
        this.directory = directory;
        this.command = command;
        this.hasher = hasher;
        this.git = CodeState.of(directory);
    }

    RunStart.Setting record(Told told) throws CliException, IOException {
        Map<String, String> variables = new TreeMap<>();
        for (String name : told.variables()) {
            @Nullable String value = System.getenv(name);
            if (value == null) {
                throw new CliException(Exit.USAGE, "there is no variable " + name + " in this environment");
            }
            variables.put(name, value);
        }
        Environment environment = Environment.of(directory, executable(), variables, told.image());
        return new RunStart.Setting(code(told), environment.record(RunStart.SOURCE));
    }

    private Optional<JsonObject> code(Told told) throws IOException {
        if (told.code().isPresent()) {
            Path path = told.code().get().toAbsolutePath().normalize();
            Artifact artifact = new Artifact(Artifact.Kind.DATASET, path, hasher.data(path), new TreeMap<>());
            JsonObject record = new JsonObject();
            record.addProperty("kind", "code");
            record.addProperty("source", RunStart.SOURCE);
            record.addProperty("externalId", "code:" + artifact.id());
            record.addProperty("name", String.valueOf(path.getFileName()));
            record.addProperty("digest", artifact.hashed().digest().toString());
            JsonObject own = new JsonObject();
            own.addProperty("root", path.toString());
            own.addProperty("form", artifact.hashed().folder() ? "folder" : "bytes");
            record.add("fields", own);
            return Optional.of(record);
        }
        return git.map(state -> state.record(RunStart.SOURCE));
    }

    /** Where the shell would find it; the word itself where it would not. */
    private Path executable() {
        String word = command.words().get(0);
        if (word.contains("/")) {
            return directory.resolve(word);
        }
        for (String folder :
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1)) {
            Path file = Path.of(folder).resolve(word);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file;
            }
        }
        return Path.of(word);
    }

    /** The arguments that name something which is there and is no code. */
    List<Artifact.Named> arguments() {
        List<Artifact.Named> named = new ArrayList<>();
        for (String word : command.words().subList(1, command.words().size())) {
            String text = word.startsWith("--") && word.contains("=") ? word.substring(word.indexOf('=') + 1) : word;
            Optional<Path> path = existing(text);
            if (path.isPresent() && !git.map(state -> state.keeps(path.get())).orElse(false)) {
                named.add(new Artifact.Named(Artifact.Named.kind(path.get(), false), path.get()));
            }
        }
        return named;
    }

    private Optional<Path> existing(String text) {
        try {
            Path path = directory.resolve(text).normalize();
            boolean there = Files.isRegularFile(path) || Files.isDirectory(path);
            return !text.isEmpty() && there ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    static OptionalLong seed(@Nullable Long told, JsonObject parameters) {
        if (told != null) {
            return OptionalLong.of(told);
        }
        @Nullable JsonElement named = parameters.get("seed");
        return named != null && named.getAsString().matches("-?[0-9]{1,18}")
                ? OptionalLong.of(named.getAsLong())
                : OptionalLong.empty();
    }
}
