package dev.weft.node.cli;

import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Where an import stands, in the membership's directory: one small file a store. It may be lost at any time. */
final class ImportCursor {
    private final Path file;

    ImportCursor(Path directory, String tool, String store) {
        String name =
                Hashing.sha256(store.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
        this.file = directory.resolve("imports").resolve(tool + "-" + name + ".json");
    }

    Optional<String> text() throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    /** The old or the new one is there, whenever the machine stops. */
    void keep(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path next = Files.createTempFile(file.getParent(), "cursor", ".tmp"); // owner-only
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
