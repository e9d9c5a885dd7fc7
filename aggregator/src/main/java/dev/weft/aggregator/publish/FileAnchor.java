package dev.weft.aggregator.publish;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.Anchor;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.AnchoredHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The anchor of one machine: a file that holds the last signed note and nothing else. It is locked while open and never
 * restored from a backup, since it is what tells an old database from the newest one.
 */
public final class FileAnchor implements Anchor, AutoCloseable {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final FileChannel directory;
    private final FileChannel lock;

    private FileAnchor(Path file, FileChannel directory, FileChannel lock) {
        this.file = file;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Opens and locks the anchor; the file itself may be absent.
     *
     * @throws VerificationException {@link Reason#ALREADY_RUNNING} if another process holds it
     */
    public static FileAnchor open(Path file) throws VerificationException, IOException {
        Path folder = file.toAbsolutePath().getParent();
        FileChannel lock = FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(lock) == null) {
            lock.close();
            throw new VerificationException(
                    Reason.ALREADY_RUNNING, "another process signs under the anchor " + file + "; stop it first");
        }
        // A torn one would keep its permissions.
        Files.deleteIfExists(temporary(file));
        return new FileAnchor(file, FileChannel.open(folder, StandardOpenOption.READ), lock);
    }

    @Override
    public Optional<AnchoredHead> read() throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
        ByteString note = ByteString.copyFrom(bytes);
        try {
            Checkpoint checkpoint = Checkpoint.parse(Note.parse(note).text());
            return Optional.of(new AnchoredHead(checkpoint.origin(), checkpoint.head(), note));
        } catch (VerificationException e) {
            throw new IOException(
                    "the anchor " + file + " is damaged, put it back, or move it away if it is lost for good: "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public void compareAndSet(Optional<AnchoredHead> expected, AnchoredHead next)
            throws AnchorLostException, IOException {
        if (!read().equals(expected)) {
            throw new AnchorLostException(
                    "the anchor " + file + " was moved by another process; stop both and compare");
        }
        Path temporary = temporary(file);
        try (FileChannel out = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                OWNER_ALONE)) {
            ByteBuffer bytes = next.note().asReadOnlyByteBuffer();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            // A crash before this line leaves the old anchor and a torn temporary file that the next write replaces.
            out.force(true);
        }
        // A crash here leaves the old anchor: the start continues at step 2.
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // A crash here leaves the old or the new anchor; both are consistent with what has left: nothing above the old.
        directory.force(true);
    }

    @Override
    public void close() throws IOException {
        directory.close();
        lock.close();
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + ".tmp");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }
}
