package dev.weft.node.cli;

/** The command cannot go on: an exit code, and a sentence for people. */
final class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    CliException(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
