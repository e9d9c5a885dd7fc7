package dev.weft.node.db;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Holds a directory for one process. The operating system lets go of it when the process ends, however it ends. */
final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or refuses with {@link Reason#ALREADY_RUNNING}, or {@link Reason#NOT_FOUND} where nobody has joined. */
    static DirectoryLock take(Path file) throws IOException, VerificationException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    "there is no directory " + directory
                            + "; name the node's with --dir, or run: weft-node join INVITATION");
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new VerificationException(Reason.ALREADY_RUNNING, alreadyRunning(file, channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new DirectoryLock(channel);
        } catch (IOException | VerificationException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static String alreadyRunning(Path file, FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String pid = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        return "a weft-node already runs in %s (process %s): stop it first, or use another directory"
                .formatted(file.toAbsolutePath().getParent(), pid.isEmpty() ? "unknown" : pid);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
