package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command runs in: operating system, processor, interpreter with its packages, container and accelerators, as far
 * as the machine tells. Its digest is the SHA-256 of these facts, one a line, so that equal environments of two runs are
 * one record, and on two machines have one digest.
 */
public final class Environment {
    /** Asks a Python for itself: its version first, then its distributions, in an isolated way that imports none of them. */
    private static final String PYTHON = "import importlib.metadata as m,json,platform;"
            + "print(json.dumps([platform.python_implementation()+' '+platform.python_version(),"
            + "sorted({(d.metadata['Name'] or '?').lower()+'=='+d.version for d in m.distributions()})]))";

    private final String os;
    private final String interpreter;
    private final List<String> packages;
    private final JsonObject own;

    private Environment(String os, String interpreter, List<String> packages, JsonObject own) {
        this.os = os;
        this.interpreter = interpreter;
        this.packages = packages;
        this.own = own;
    }

    /** Of a command that is to be started in a directory; a container's image that nobody can ask for may be told. */
    public static Environment of(
            Path directory, Path executable, Map<String, String> variables, Optional<String> image) {
        JsonObject own = new JsonObject();
        own.addProperty("architecture", System.getProperty("os.arch"));
        container(image).ifPresent(name -> own.addProperty("container", name));
        List<String> accelerators = accelerators(directory);
        if (!accelerators.isEmpty()) {
            JsonArray names = new JsonArray();
            accelerators.forEach(names::add);
            own.add("accelerators", names);
        }
        variables.forEach((name, value) -> own.addProperty("variable." + name, Secrets.masked(name, value)));
        List<String> packages = new ArrayList<>();
        Optional<Path> python = python(executable);
        Optional<String> told =
                python.flatMap(program -> Command.ask(directory, List.of(program.toString(), "-I", "-c", PYTHON)));
        String interpreter =
                told.flatMap(answer -> version(answer, packages)).orElse(String.valueOf(executable.getFileName()));
        return new Environment(system(), interpreter, packages, own);
    }

    private static Optional<String> version(String answer, List<String> packages) {
        try {
            JsonArray parts = JsonParser.parseString(answer).getAsJsonArray();
            for (JsonElement each : parts.get(1).getAsJsonArray()) {
                packages.add(each.getAsString());
            }
            return Optional.of(parts.get(0).getAsString());
        } catch (JsonParseException | IllegalStateException | IndexOutOfBoundsException e) {
            packages.clear();
            return Optional.empty();
        }
    }

    /** The Python that an executable is, or that its first line names, as pip writes scripts. */
    private static Optional<Path> python(Path executable) {
        if (String.valueOf(executable.getFileName()).startsWith("python")) {
            return Optional.of(executable);
        }
        try {
            byte[] head = new byte[256];
            try (InputStream in = Files.newInputStream(executable)) {
                int count = in.readNBytes(head, 0, head.length);
                String line = new String(head, 0, count, StandardCharsets.ISO_8859_1)
                        .lines()
                        .findFirst()
                        .orElse("");
                Path named = Path.of(line.startsWith("#!") ? line.substring(2).strip() : "");
                return String.valueOf(named.getFileName()).startsWith("python") && Files.isExecutable(named)
                        ? Optional.of(named)
                        : Optional.empty();
            }
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String system() {
        Optional<String> name = text(Path.of("/etc/os-release")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst();
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        return name.map(distribution -> distribution + ", " + kernel).orElse(kernel);
    }

    private static Optional<String> container(Optional<String> image) {
        if (image.isPresent()) {
            return image;
        }
        Optional<String> podman = text(Path.of("/run/.containerenv"));
        if (podman.isPresent()) {
            return Optional.of(podman.get()
                    .lines()
                    .filter(line -> line.startsWith("image="))
                    .map(line -> line.substring("image=".length()).replace("\"", ""))
                    .findFirst()
                    .orElse("podman, image unknown"));
        }
        if (Files.exists(Path.of("/.dockerenv"))) {
            return Optional.of("docker, image unknown");
        }
        return System.getenv("KUBERNETES_SERVICE_HOST") != null
                ? Optional.of("kubernetes, image unknown")
                : Optional.empty();
    }

    private static List<String> accelerators(Path directory) {
        return Command.ask(directory, List.of("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"))
                .map(lines -> lines.lines().map(String::strip).toList())
                .orElse(List.of());
    }

    private static Optional<String> text(Path file) {
        try {
            return Files.isReadable(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String digest() {
        List<String> facts = new ArrayList<>(packages);
        facts.add("os " + os);
        facts.add("interpreter " + interpreter);
        own.entrySet().forEach(each -> facts.add("own " + each.getKey() + " " + each.getValue()));
        Collections.sort(facts);
        return "sha256:"
                + Hashing.sha256(String.join("\n", facts).getBytes(StandardCharsets.UTF_8))
                        .hex();
    }

    /** The record's external id. */
    public String id() {
        return "environment:" + digest();
    }

    /** As a record in the plain JSON form. */
    public JsonObject record(String source) {
        JsonObject record = new JsonObject();
        record.addProperty("kind", "environment");
        record.addProperty("source", source);
        record.addProperty("externalId", id());
        record.addProperty("name", interpreter);
        record.addProperty("digest", digest());
        record.addProperty("os", os);
        record.addProperty("interpreter", interpreter);
        JsonArray names = new JsonArray();
        packages.forEach(names::add);
        record.add("packages", names);
        record.add("fields", own);
        return record;
    }
}
