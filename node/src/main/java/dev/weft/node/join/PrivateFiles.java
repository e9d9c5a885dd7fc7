package dev.weft.node.join;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only the node's own user may read: written whole or not at all, and on disk when a write returns. */
public final class PrivateFiles {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** Makes a directory that nobody else may look into, unless it is there. */
    public static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, attributes(OWNER_DIRECTORY));
        }
    }

    /** Writes a secret; see the class for what a crash leaves. */
    public static void write(Path file, String text) throws IOException {
        write(file, ByteString.copyFromUtf8(text));
    }

    /** A crash in here leaves the old file or the new one, and at worst a temporary file that the next write replaces. */
    static void write(Path file, ByteString bytes) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next); // its permissions would stay
        try (FileChannel channel = FileChannel.open(
                next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(OWNER))) {
            ByteBuffer rest = bytes.asReadOnlyByteBuffer();
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceEntry(file);
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        forceEntry(to);
        forceEntry(from);
    }

    /** Deletes it, if it is there. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            forceEntry(file);
        }
    }

    /**
     * Reads a secret.
     *
     * @throws VerificationException {@link Reason#INSECURE_FILE} where others may read it too
     */
    public static String read(Path file) throws IOException, VerificationException {
        requirePrivate(file);
        return Files.readString(file, UTF_8);
    }

    private static void requirePrivate(Path file) throws IOException, VerificationException {
        if (POSIX && !OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            throw new VerificationException(
                    Reason.INSECURE_FILE, "Others may read or change " + file + "; run: chmod 600 " + file);
        }
    }

    /** Brings the file's entry in its directory to disk: without it a rename may be lost with the power. */
    private static void forceEntry(Path file) throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("");
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
