package dev.weft.node.upkeep;

import dev.weft.node.link.Keyring;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A copy of a node's directory: the database as of one moment, keys, identity, policy and configuration. Left out are
 * the anchor and the lock, what a running process leaves for tools, the recovery key, which belongs elsewhere, and the
 * linking key, which is every member's secret and can be asked for again.
 */
public final class Backup {
    /** The target cannot be used; nothing was written. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Writes a consistent copy of the database to a file that is not there. */
    public interface DatabaseCopy {
        void to(Path file) throws IOException;
    }

    private static final String DATABASE = "node.db";
    /** Made again from the shared log. Not even opened: closing a file gives up all locks that this process has on it. */
    private static final String MIRROR = "mirror.db";

    private static final Set<String> LEFT_OUT = Set.of("node.anchor", "node.anchor.new", "node.lock", "run.json");

    private final Path directory;
    private final DatabaseCopy database;

    public Backup(Path directory, DatabaseCopy database) {
        this.directory = directory.toAbsolutePath().normalize();
        this.database = database;
    }

    /**
     * Copies into a directory that is new or empty.
     *
     * @return the files, relative to the target
     * @throws RefusedException where the target holds something or lies inside the node's directory
     */
    public List<Path> to(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        requireUsable(absolute);
        createPrivate(absolute);
        List<Path> files = new ArrayList<>();
        // The database last: what is not whole has no database and cannot be taken for a node.
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
                if (directory.relativize(from).equals(Path.of(Keyring.DIRECTORY))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                createPrivate(absolute.resolve(directory.relativize(from)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && wanted(from)) {
                    Path name = directory.relativize(from);
                    Files.copy(from, absolute.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                    files.add(name);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        database.to(absolute.resolve(DATABASE));
        files.add(Path.of(DATABASE));
        return List.copyOf(files);
    }

    private static boolean wanted(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean recoveryKey = name.startsWith("recovery") && name.endsWith(".key");
        return !LEFT_OUT.contains(name) && !name.startsWith(DATABASE) && !name.startsWith(MIRROR) && !recoveryKey;
    }

    private void requireUsable(Path target) throws IOException {
        if (target.startsWith(directory)) {
            throw new RefusedException(
                    target + " lies inside the node's directory; choose one outside, best on another" + " disk");
        }
        if (Files.isDirectory(target)) {
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new RefusedException(target + " is not empty; choose a new directory");
                }
            }
        } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new RefusedException(target + " is no directory; choose a new one");
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(
                directory,
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[0]);
    }
}
