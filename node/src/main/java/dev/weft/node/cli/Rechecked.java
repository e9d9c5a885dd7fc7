package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.observe.CodeState;
import dev.weft.node.observe.Hashed;
import dev.weft.node.observe.Hasher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What became of one artifact since it was recorded: same, changed, gone or unknown; what it was, or "-"; its digest
 * today, or why it has none.
 */
record Rechecked(String record, String name, String state, String was, String now) {

    static Rechecked of(JsonObject record, Hasher hasher) {
        String id = NodeCommand.text(record, "record");
        String name = RunFacts.name(record);
        Optional<String> digest = RunFacts.value(record, "digest");
        Optional<Path> path = RunFacts.value(record, "path")
                .or(() -> RunFacts.value(record, "field.root"))
                .map(Path::of);
        if (path.isEmpty() || digest.isEmpty()) {
            return new Rechecked(
                    id,
                    name,
                    "unknown",
                    digest.orElse("-"),
                    path.isEmpty() ? "no path was recorded" : "no strong digest was recorded");
        }
        String was = digest.get().startsWith("git-sha1:") ? recorded(record, digest.get()) : digest.get();
        if (!Files.exists(path.get())) {
            return new Rechecked(id, name, "gone", was, path.get() + " is not there");
        }
        try {
            String now = digest.get().startsWith("git-sha1:")
                    ? commit(path.get())
                    : content(path.get(), digest.get(), hasher).digest().toString();
            return new Rechecked(id, name, now.equals(was) ? "same" : "changed", was, now);
        } catch (IOException e) {
            return new Rechecked(id, name, "unknown", was, "cannot be read: " + e.getMessage());
        }
    }

    private static Hashed content(Path path, String digest, Hasher hasher) throws IOException {
        return digest.startsWith("sha256:") ? hasher.data(path) : hasher.model(path);
    }

    private static String recorded(JsonObject code, String commit) {
        return RunFacts.value(code, "field.changes")
                .map(changes -> commit + " with changes " + changes)
                .orElse(commit);
    }

    private static String commit(Path root) throws IOException {
        return CodeState.of(root)
                .map(code -> "git-sha1:" + code.commit()
                        + code.changes()
                                .map(each -> " with changes sha256:" + each)
                                .orElse(""))
                .orElse("no Git working tree");
    }

    boolean differs() {
        return state.equals("changed") || state.equals("gone");
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("record", Long.parseLong(record));
        json.addProperty("name", name);
        json.addProperty("state", state);
        json.addProperty("was", was);
        json.addProperty("now", now);
        return json;
    }
}
