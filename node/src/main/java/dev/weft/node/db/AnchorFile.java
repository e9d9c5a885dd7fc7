package dev.weft.node.db;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The anchor file: eight lines of text, replaced as a whole and on disk when a write returns.
 *
 * <pre>
 * weft-node-anchor-v1
 * federation HEX
 * incarnation N
 * next-seq N
 * last HEX
 * site-size N
 * site-root HEX
 * log ORIGIN
 * </pre>
 *
 * The log is left out while the shared log has its first origin.
 */
final class AnchorFile {

    private static final String FIRST_LINE = "weft-node-anchor-v1";

    private final Path file;
    private final Digest federation;
    private final String log;

    /** @param log origin that the shared log goes on under; empty for its first one */
    AnchorFile(Path file, Digest federation, String log) {
        this.file = file;
        this.federation = federation;
        this.log = log;
    }

    Path path() {
        return file;
    }

    /** What the file says; empty where there is none, or one of another log. One that cannot be read is an IOException. */
    Optional<AuthorState> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        try {
            if (lines.size() < 7
                    || lines.size() > 8
                    || !lines.get(0).equals(FIRST_LINE)
                    || !value(lines, 1, "federation").equals(federation.hex())) {
                throw new IllegalArgumentException("it is not the anchor of this federation's membership");
            }
            String of = lines.size() == 8 ? value(lines, 7, "log") : "";
            AuthorState state = new AuthorState(
                    Integer.parseInt(value(lines, 2, "incarnation")),
                    Long.parseLong(value(lines, 3, "next-seq")),
                    Digest.fromHex(value(lines, 4, "last")),
                    new TreeHead(
                            Long.parseLong(value(lines, 5, "site-size")),
                            Digest.fromHex(value(lines, 6, "site-root"))));
            return of.equals(log) ? Optional.of(state) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException("the anchor file " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String value(List<String> lines, int at, String name) {
        String line = lines.get(at);
        if (!line.startsWith(name + " ")) {
            throw new IllegalArgumentException("line %d should begin with %s".formatted(at + 1, name));
        }
        return line.substring(name.length() + 1);
    }

    /** A crash in here leaves the old file or the new one, and at worst a temporary file that the next write replaces. */
    void write(AuthorState state) throws IOException {
        String text = String.join(
                "\n",
                FIRST_LINE,
                "federation " + federation.hex(),
                "incarnation " + state.incarnation(),
                "next-seq " + state.nextSeq(),
                "last " + state.prev().hex(),
                "site-size " + state.siteHead().size(),
                "site-root " + state.siteHead().root().hex(),
                log.isEmpty() ? "" : "log " + log + "\n");
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
