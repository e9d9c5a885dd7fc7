package dev.weft.node.observe;

import com.google.gson.JsonObject;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file or folder as DVC wrote it down. Its MD5 is weak and joins nothing; the strong digest is there where content was
 * found that has this very MD5.
 */
record DvcArtifact(Artifact.Kind kind, Path path, Optional<String> weak, Optional<ContentDigest> strong, long bytes) {

    String id() {
        String what = String.join(
                "\0",
                kind.text(),
                path.toString(),
                weak.orElse(""),
                strong.map(ContentDigest::toString).orElse(""),
                bytes + "");
        return "dvc:"
                + Hashing.sha256(what.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }

    JsonObject record() {
        JsonObject record = new JsonObject();
        record.addProperty("kind", kind.text());
        record.addProperty("source", DvcRepository.SOURCE);
        record.addProperty("externalId", id());
        record.addProperty("name", String.valueOf(path.getFileName()));
        record.addProperty("path", path.toString());
        strong.ifPresent(digest -> record.addProperty("digest", digest.toString()));
        weak.ifPresent(digest -> record.addProperty("weakDigest", digest));
        if (strong.isEmpty() && weak.isEmpty()) {
            record.addProperty("undigested", true);
        }
        if (kind == Artifact.Kind.DATASET && bytes >= 0) {
            record.addProperty("bytes", bytes);
        }
        return record;
    }
}
