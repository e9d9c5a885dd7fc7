package dev.weft.node.link;

import com.google.protobuf.ByteString;
import dev.weft.node.join.PrivateFiles;
import dev.weft.node.release.LinkingKeys;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.standing.LinkEpoch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The linking keys of this node, a file each under {@code linking/} that only its owner may read: the one in force, and
 * those that were made here and may come to be. What the log has passed over is deleted.
 */
public final class Keyring implements LinkingKeys {
    /** Its directory in the node's; left out of backups. */
    public static final String DIRECTORY = "linking";

    private static final Pattern NAME = Pattern.compile("epoch-([1-9][0-9]{0,8})-([0-9a-f]{64})\\.key");

    private final Path directory;
    private volatile Optional<Held> current = Optional.empty();

    private Keyring(Path directory) {
        this.directory = directory;
    }

    /** Of a node's directory; holds no key before {@link #follow}. */
    public static Keyring of(Path nodeDirectory) {
        return new Keyring(nodeDirectory.resolve(DIRECTORY));
    }

    @Override
    public Optional<Held> current() {
        return current;
    }

    /** On disk when this returns. */
    void keep(int epoch, LinkingKey key) throws IOException {
        PrivateFiles.createDirectory(directory);
        PrivateFiles.write(
                file(epoch, key.check()), HexFormat.of().formatHex(key.secret().toByteArray()) + "\n");
    }

    void drop(int epoch, LinkingKey key) throws IOException {
        PrivateFiles.delete(file(epoch, key.check()));
    }

    /**
     * Goes by the epochs that the log holds: takes up the newest one's key if it is here, and deletes all that can no longer
     * come to be in force. A crash in here leaves files that the next call deletes.
     *
     * @throws VerificationException {@link Reason#LINK_KEY_WRONG} or {@link Reason#INSECURE_FILE} where a file is not what
     *     it should be
     */
    void follow(List<LinkEpoch> epochs) throws IOException, VerificationException {
        int newest = epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).number();
        Optional<LinkEpoch> inForce = epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1));
        current = Optional.empty();
        if (inForce.isPresent() && Files.exists(file(newest, inForce.get().check()))) {
            LinkingKey key =
                    read(file(newest, inForce.get().check()), inForce.get().check());
            current = Optional.of(new Held(newest, key));
        }
        for (Path file : files()) {
            Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
            boolean past = name.matches() && Integer.parseInt(name.group(1)) <= newest;
            if (past && !file.equals(file(newest, inForce.orElseThrow().check()))) {
                PrivateFiles.delete(file);
            }
        }
    }

    private static LinkingKey read(Path file, Digest check) throws IOException, VerificationException {
        String hex = PrivateFiles.read(file).strip();
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new VerificationException(
                    Reason.LINK_KEY_WRONG, file + " is no linking key; delete it, and the node asks for it anew.");
        }
        return LinkingKey.of(ByteString.copyFrom(HexFormat.of().parseHex(hex)), check);
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.toList();
        }
    }

    private Path file(int epoch, Digest check) {
        return directory.resolve("epoch-" + epoch + "-" + check.hex() + ".key");
    }
}
