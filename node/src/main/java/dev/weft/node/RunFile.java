package dev.weft.node;

import com.google.gson.JsonObject;
import dev.weft.node.http.LocalApi;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/** {@code run.json}: where the running node listens, for tools on this machine. Gone when it stopped in order. */
final class RunFile implements AutoCloseable {
    static final String NAME = "run.json";

    private final Path file;

    private RunFile(Path file) {
        this.file = file;
    }

    /** Whether a process left it behind: it did not stop in order. */
    static boolean leftBehind(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    static RunFile write(Path directory, LocalApi api, Instant started) throws IOException {
        JsonObject body = new JsonObject();
        body.addProperty("pid", ProcessHandle.current().pid());
        body.addProperty("http", api.address().toString());
        body.addProperty("scheme", api.url().substring(0, api.url().indexOf(':')));
        body.addProperty("started", started.toString());
        Path file = directory.resolve(NAME);
        Path next = directory.resolve(NAME + ".new");
        Files.deleteIfExists(next);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            FileAttribute<?> owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(next, owner);
        }
        Files.writeString(next, body + "\n");
        // Never half a file, whoever looks and whenever this process ends.
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new RunFile(file);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
