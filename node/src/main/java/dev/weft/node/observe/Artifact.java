package dev.weft.node.observe;

import com.google.gson.JsonObject;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A path that a run read or wrote, hashed. Equal content at an equal path is one record, however often it is seen.
 *
 * @param manifest what a signed manifest of it says, and whether the files are as it says; empty where there is none
 */
public record Artifact(Kind kind, Path path, Hashed hashed, SortedMap<String, String> manifest) {
    private static final List<String> MODELS = List.of(
            ".safetensors",
            ".npz",
            ".pt",
            ".pth",
            ".ckpt",
            ".onnx",
            ".h5",
            ".keras",
            ".gguf",
            ".joblib",
            ".pkl",
            ".tflite");

    /** What it is to the graph. */
    public enum Kind {
        DATASET,
        MODEL;

        /** As a record's kind is written. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a person named on a command line: a path, with {@code dataset:} or {@code model:} in front where the rule does
     * not fit, which is that what a run makes is a model if its name ends as models' names do, and else a dataset; and
     * that of what it takes only safetensors are models.
     */
    public record Named(Kind kind, Path path) {
        /** Reads one; {@code made} says whether the run makes it. */
        public static Named parse(String text, boolean made, Path directory) {
            for (Kind kind : Kind.values()) {
                String prefix = kind.text() + ":";
                if (text.startsWith(prefix)) {
                    return new Named(kind, resolve(directory, text.substring(prefix.length())));
                }
            }
            Path path = resolve(directory, text);
            return new Named(kind(path, made), path);
        }

        private static Path resolve(Path directory, String text) {
            return directory.resolve(text).toAbsolutePath().normalize();
        }

        /** By the rule alone. */
        public static Kind kind(Path path, boolean made) {
            String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
            boolean model = made ? MODELS.stream().anyMatch(name::endsWith) : name.endsWith(".safetensors");
            return model ? Kind.MODEL : Kind.DATASET;
        }
    }

    /** Hashes what was named. */
    public static Artifact of(Named named, Hasher hasher) throws IOException {
        Hashed hashed = named.kind() == Kind.MODEL ? hasher.model(named.path()) : hasher.data(named.path());
        return new Artifact(
                named.kind(),
                named.path(),
                hashed,
                Signed.of(named.path(), hasher).map(Signed::fields).orElseGet(TreeMap::new));
    }

    /** The record's external id. */
    public String id() {
        String what = kind.text() + "\0" + path + "\0" + hashed.digest() + (manifest.isEmpty() ? "" : "\0" + manifest);
        return "file:"
                + Hashing.sha256(what.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }

    /** As a record in the plain JSON form. */
    public JsonObject record(String source) {
        JsonObject record = new JsonObject();
        record.addProperty("kind", kind.text());
        record.addProperty("source", source);
        record.addProperty("externalId", id());
        record.addProperty("name", String.valueOf(path.getFileName()));
        record.addProperty("digest", hashed.digest().toString());
        record.addProperty("path", path.toString());
        JsonObject own = new JsonObject();
        if (kind == Kind.DATASET) {
            record.addProperty("bytes", hashed.bytes());
            own.addProperty("form", hashed.form());
            own.addProperty("files", hashed.files());
        } else {
            record.addProperty("format", hashed.form());
            own.addProperty("bytes", hashed.bytes());
        }
        manifest.forEach(own::addProperty);
        hashed.note().ifPresent(why -> own.addProperty("hashedAsBytes", why));
        record.add("fields", own);
        return record;
    }
}
