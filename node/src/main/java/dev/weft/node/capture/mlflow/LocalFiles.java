package dev.weft.node.capture.mlflow;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Strong digests of what the store only names, where that is a plain file on this machine. Each file is read once. What
 * was changed after the run ended is not what the run saw, and stays without.
 */
final class LocalFiles {

    /** What MLflow puts beside a model: none of it is the model. */
    private static final Set<String> BESIDE = Set.of(
            "MLmodel",
            "conda.yaml",
            "python_env.yaml",
            "requirements.txt",
            "registered_model_meta",
            "input_example.json",
            "serving_input_example.json");

    private static final int MAX_TEXT = 1 << 20;

    /** A file with its digest. */
    record Hashed(Path path, Digest digest) {
        ContentDigest content() {
            return ContentDigest.sha256(digest);
        }
    }

    private final boolean reading;
    private final Map<Path, Optional<Hashed>> known = new HashMap<>();

    /** {@code reading}: whether the paths of the store are paths of this machine. */
    LocalFiles(boolean reading) {
        this.reading = reading;
    }

    /** The file that a dataset's source (JSON of MLflow's own) names, unless it was changed after that time. */
    Optional<Hashed> source(String json, long unchangedSince) {
        try {
            if (JsonParser.parseString(json) instanceof JsonObject object) {
                for (String name : List.of("uri", "url", "path")) {
                    if (object.get(name) instanceof JsonPrimitive text) {
                        return path(text.getAsString()).flatMap(path -> hashed(path, unchangedSince));
                    }
                }
            }
        } catch (JsonParseException e) {
            return Optional.empty(); // the source is told as it stands
        }
        return Optional.empty();
    }

    /** The one file that is the model in a folder of artifacts; none where there are several. */
    Optional<Hashed> model(Optional<String> artifacts) {
        Optional<Path> folder = artifacts.flatMap(this::path).filter(Files::isDirectory);
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder.get(), 8)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !BESIDE.contains(file.getFileName().toString()))
                    .limit(2)
                    .forEach(files::add);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // it cannot be read: then it is told by name
        }
        return files.size() == 1 ? hashed(files.get(0), Long.MAX_VALUE) : Optional.empty();
    }

    /** A file of that name in a folder of artifacts. */
    Optional<Hashed> beside(Optional<String> artifacts, String name) {
        return artifacts.flatMap(this::path).flatMap(folder -> hashed(folder.resolve(name), Long.MAX_VALUE));
    }

    /** The lines of a small text file. */
    static List<String> lines(Path file) {
        try {
            return Files.size(file) > MAX_TEXT
                    ? List.of()
                    : Files.readString(file)
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .toList();
        } catch (IOException e) {
            return List.of(); // not UTF-8, or gone
        }
    }

    private Optional<Path> path(String text) {
        try {
            if (!reading || text.isBlank()) {
                return Optional.empty();
            }
            if (text.startsWith("file:")) {
                URI uri = URI.create(text);
                boolean here = uri.getAuthority() == null || uri.getAuthority().equals("localhost");
                return here && uri.getPath() != null ? Optional.of(Path.of(uri.getPath())) : Optional.empty();
            }
            return text.contains("://")
                    ? Optional.empty()
                    : Optional.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no path of this machine
        }
    }

    private Optional<Hashed> hashed(Path file, long unchangedSince) {
        try {
            if (!Files.isRegularFile(file) || Files.getLastModifiedTime(file).toMillis() > unchangedSince) {
                return Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return known.computeIfAbsent(file, LocalFiles::read);
    }

    private static Optional<Hashed> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new Hashed(file, Hashing.sha256(in)));
        } catch (IOException e) {
            return Optional.empty(); // not ours to read: the weak digest stands alone
        }
    }
}
