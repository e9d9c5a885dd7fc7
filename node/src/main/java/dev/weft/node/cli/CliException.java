package dev.weft.node.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** The command cannot go on: an exit code, and a sentence for people. */
final class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    CliException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** A file that was named and cannot be read: what is wrong, since the file system's word is often the name alone. */
    static CliException unreadable(Object file, IOException e) {
        String why = e instanceof NoSuchFileException
                ? "there is no such file"
                : e instanceof AccessDeniedException ? "this user may not read it" : String.valueOf(e.getMessage());
        return new CliException(Exit.USAGE, "cannot read " + file + ": " + why);
    }

    int code() {
        return code;
    }
}
