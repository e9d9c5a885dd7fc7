package dev.weft.node;

import dev.weft.node.http.Scope;
import dev.weft.node.http.Tokens;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;

/**
 * {@code tokens/admin.token}: made at join, for the command line on this machine and for tools that start with it. It may
 * record, read and administer; it may not approve, because a decision has to name a person.
 */
public final class AdminToken {
    private static final String NAME = "admin";
    private static final List<Scope> SCOPES = List.of(Scope.CAPTURE, Scope.READ, Scope.ADMIN);

    private AdminToken() {}

    /** Where it lies in a node's directory. */
    public static Path file(Path directory) {
        return directory.resolve("tokens").resolve("admin.token");
    }

    /** Makes the file where there is none. */
    public static void make(Path directory, SecureRandom random) throws IOException {
        Path file = file(directory);
        if (!Files.exists(file)) {
            write(file, Tokens.newToken(random));
        }
    }

    /** Writes a token to a new file that only this user may read. */
    public static void write(Path file, String token) throws IOException {
        Path parent = Objects.requireNonNull(file.getParent());
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            if (!Files.isDirectory(parent)) {
                Files.createDirectories(parent, attribute("rwx------"));
            }
            Files.createFile(file, attribute("rw-------"));
        } else {
            Files.createDirectories(parent);
        }
        Files.writeString(file, token + "\n");
    }

    private static FileAttribute<?> attribute(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** Lets the token in the file in, unless it was revoked or is known already. A missing file is made anew. */
    static void adopt(Path directory, Tokens tokens, SecureRandom random) throws IOException {
        boolean known = tokens.list().stream().anyMatch(grant -> grant.name().equals(NAME));
        if (known) {
            return;
        }
        make(directory, random);
        tokens.adopt(NAME, SCOPES, Files.readString(file(directory)).strip());
    }
}
