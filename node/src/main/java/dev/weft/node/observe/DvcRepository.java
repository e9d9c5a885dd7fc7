package dev.weft.node.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What DVC (versions 2 and 3) wrote down in a working tree: the stages of every {@code dvc.lock} as runs, what {@code
 * *.dvc} files track as datasets and models, the commit that wrote each lock file as the runs' code. Every id follows
 * from what was read, so that reading it again makes the same records.
 */
public final class DvcRepository {
    /** The source of the records. */
    public static final String SOURCE = "dvc";

    private final Path root;
    private final DvcContent content;
    private final Map<String, JsonObject> records = new LinkedHashMap<>();

    private DvcRepository(Path root, DvcContent content) {
        this.root = root;
        this.content = content;
    }

    /** All records of the repository that the folder is the root of, artifacts before the runs that name them. */
    public static List<JsonObject> read(Path folder, Hasher hasher, Progress progress) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(root.resolve(".dvc"))) {
            throw new IOException(root + " is no DVC repository: it has no folder .dvc; name the repository's root");
        }
        DvcRepository repository = new DvcRepository(root, new DvcContent(root, hasher, progress));
        for (Path file : files(root)) {
            if (file.endsWith("dvc.lock")) {
                repository.lock(file);
            } else {
                repository.tracked(file);
            }
        }
        return List.copyOf(repository.records.values());
    }

    private static List<Path> files(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.endsWith(".dvc") || folder.endsWith(".git")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith("dvc.lock")
                        || String.valueOf(file.getFileName()).endsWith(".dvc")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }

    static boolean isMd5(String text) {
        return text.matches("[0-9a-f]{32}");
    }

    private void add(JsonObject record) {
        records.putIfAbsent(record.get("externalId").getAsString(), record);
    }

    private void tracked(Path file) throws IOException {
        Map<?, ?> yaml = Yaml.map(file);
        Path folder = file.resolveSibling(Yaml.text(yaml, "wdir").orElse("")).normalize();
        for (Map<?, ?> out : Yaml.maps(yaml, "outs")) {
            add(artifact(out, folder, file).record());
        }
    }

    private void lock(Path file) throws IOException {
        Map<?, ?> yaml = Yaml.map(file);
        String schema = Yaml.text(yaml, "schema").orElse("none");
        if (!schema.startsWith("2.")) {
            throw new IOException(
                    file + " has schema " + schema + "; DVC 2 and 3 write 2.0: run 'dvc commit' with one of them");
        }
        Optional<JsonObject> code = code(file);
        code.ifPresent(this::add);
        Path stages = file.resolveSibling("dvc.yaml");
        Map<?, ?> described = Files.exists(stages) ? Yaml.map(Yaml.map(stages), "stages") : Map.of();
        for (Map.Entry<?, ?> each : Yaml.map(yaml, "stages").entrySet()) {
            String name = String.valueOf(each.getKey());
            if (!(each.getValue() instanceof Map<?, ?> stage)) {
                throw new IOException(file + " holds a stage " + name + " that is no map");
            }
            // Stages of foreach and matrix are called name@item.
            Map<?, ?> description = Yaml.map(described, name.replaceFirst("@.*", ""));
            Path folder = file.resolveSibling(Yaml.text(description, "wdir").orElse(""))
                    .normalize();
            stage(name, stage, folder, file, code);
        }
    }

    private void stage(String name, Map<?, ?> stage, Path folder, Path file, Optional<JsonObject> code)
            throws IOException {
        List<DvcArtifact> inputs = new ArrayList<>();
        for (Map<?, ?> each : Yaml.maps(stage, "deps")) {
            inputs.add(artifact(each, folder, file));
        }
        List<DvcArtifact> outputs = new ArrayList<>();
        for (Map<?, ?> each : Yaml.maps(stage, "outs")) {
            outputs.add(artifact(each, folder, file));
        }
        inputs.forEach(each -> add(each.record()));
        outputs.forEach(each -> add(each.record()));
        JsonObject run = new JsonObject();
        run.addProperty("kind", "run");
        run.addProperty("source", SOURCE);
        run.addProperty("step", step(inputs, outputs));
        run.add("inputs", ids(inputs));
        run.add("outputs", ids(outputs));
        code.ifPresent(each -> run.add("code", each.get("externalId")));
        run.add("parameters", parameters(Yaml.map(stage, "params")));
        command(stage).ifPresent(command -> run.addProperty("command", command));
        JsonObject own = new JsonObject();
        own.addProperty("stage", name);
        own.addProperty("directory", folder.toString());
        run.add("fields", own);
        String all = run.toString();
        run.addProperty(
                "externalId",
                "dvc:"
                        + Hashing.sha256(all.getBytes(StandardCharsets.UTF_8))
                                .hex()
                                .substring(0, 32));
        add(run);
    }

    private static String step(List<DvcArtifact> inputs, List<DvcArtifact> outputs) {
        boolean makes = outputs.stream().anyMatch(each -> each.kind() == Artifact.Kind.MODEL);
        boolean takes = inputs.stream().anyMatch(each -> each.kind() == Artifact.Kind.MODEL);
        return makes ? "train" : takes ? "evaluate" : "prepare";
    }

    private static JsonArray ids(List<DvcArtifact> artifacts) {
        JsonArray ids = new JsonArray();
        artifacts.stream().map(DvcArtifact::id).distinct().forEach(ids::add);
        return ids;
    }

    private static Optional<String> command(Map<?, ?> stage) {
        Object cmd = stage.get("cmd");
        if (cmd instanceof List<?> lines) {
            return Optional.of(lines.stream()
                    .map(each -> Secrets.line(String.valueOf(each)))
                    .collect(Collectors.joining(" && ")));
        }
        return cmd instanceof String line ? Optional.of(Secrets.line(line)) : Optional.empty();
    }

    private static JsonObject parameters(Map<?, ?> files) {
        JsonObject parameters = new JsonObject();
        files.forEach((file, values) -> {
            if (values instanceof Map<?, ?> map) {
                DvcParameters.of(map).forEach((name, value) -> parameters.add(file + ":" + name, value));
            }
        });
        return parameters;
    }

    private DvcArtifact artifact(Map<?, ?> entry, Path folder, Path file) throws IOException {
        String name =
                Yaml.text(entry, "path").orElseThrow(() -> new IOException(file + " holds an entry without a path"));
        Path path = folder.resolve(name).normalize();
        Artifact.Kind kind = Artifact.Named.kind(path, true);
        long bytes = entry.get("size") instanceof Number size ? size.longValue() : -1;
        Optional<String> md5 = Yaml.text(entry, "md5");
        if (md5.isEmpty()) {
            Optional<String> weak = Yaml.text(entry, "etag")
                    .map(etag -> "dvc-etag:" + etag)
                    .or(() -> Yaml.text(entry, "checksum").map(sum -> "dvc-checksum:" + sum));
            return new DvcArtifact(kind, path, weak, Optional.empty(), bytes);
        }
        if (!isMd5(md5.get().replaceFirst("\\.dir$", ""))) {
            throw new IOException(file + " gives " + name + " an md5 that is none: " + md5.get());
        }
        // Without 'hash: md5' it is DVC 2's, which hashes texts with other line ends: no content can be compared with
        // it.
        boolean plain = Yaml.text(entry, "hash").orElse("").equals("md5");
        Optional<ContentDigest> strong = plain ? content.strong(path, md5.get()) : Optional.empty();
        return new DvcArtifact(
                kind, path, Optional.of((plain ? "dvc-md5:" : "dvc-md5-dos2unix:") + md5.get()), strong, bytes);
    }

    /** The commit that wrote the file as it is; where nobody committed it, the state of the working tree. */
    private Optional<JsonObject> code(Path file) throws IOException {
        return CodeState.ofFile(root, file).map(state -> state.record(SOURCE));
    }
}
