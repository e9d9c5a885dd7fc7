package dev.weft.aggregator;

import dev.weft.aggregator.accept.SecondSigners;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.standing.Requirement;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.SecondKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second keys of an aggregator's directory, of ML-DSA-44, a file of 64 hex digits each. Root's lies beside its first key
 * and goes offline with it.
 */
public final class SecondKeyFiles implements SecondSigners {
    private static final String ROOT = "root-second.key";
    private static final String LOG = "log-second.key";
    private static final String NEXT_LOG = "log-second.key.next";
    private static final String STATEMENT = "statement-second.key";

    private final Path directory;
    private @Nullable Pair read;

    public SecondKeyFiles(Path directory) {
        this.directory = directory;
    }

    /** What is there after {@link #make}: the public halves, and those to sign with. */
    public record Made(SecondKeys keys, MlDsaSigningKey root, MlDsaSigningKey log) {}

    /**
     * Makes those that are not there yet. A crash leaves some of them, which the next attempt keeps: root may have signed for
     * them.
     *
     * @param rootKey file of root's first key
     */
    public static Made make(Path directory, Path rootKey, SecureRandom random)
            throws VerificationException, IOException {
        MlDsaSigningKey root = made(rootKey.resolveSibling(ROOT), random);
        MlDsaSigningKey log = made(keys(directory).resolve(LOG), random);
        MlDsaSigningKey statement = made(keys(directory).resolve(STATEMENT), random);
        SecondKeys keys = SecondKeys.newBuilder()
                .addRoot(root.verifyingKey().toProto())
                .addLog(log.verifyingKey().toProto())
                .setAggregator(statement.verifyingKey().toProto())
                .build();
        return new Made(keys, root, log);
    }

    /** Root's keys for a statement now: the first one and, where it is required, the second one beside it. */
    public static List<Signatory> root(Path rootKey, Standing standing) throws VerificationException, IOException {
        SigningKey first = KeyFiles.signing(rootKey);
        return standing.requirement().isPresent() ? List.of(first, read(rootKey.resolveSibling(ROOT))) : List.of(first);
    }

    /** The second key of a continued log, written beside its place. */
    static MlDsaSigningKey makeNextLog(Path directory, SecureRandom random) throws IOException {
        Path file = keys(directory).resolve(NEXT_LOG);
        Files.deleteIfExists(file);
        MlDsaSigningKey key = MlDsaSigningKey.generate(random);
        write(file, key);
        return key;
    }

    static boolean hasNextLog(Path directory) {
        return Files.exists(keys(directory).resolve(NEXT_LOG));
    }

    /** The one that {@link #makeNextLog} wrote; after a crash it may be in its place already. */
    static MlDsaSigningKey nextLog(Path directory) throws VerificationException, IOException {
        return read(keys(directory).resolve(hasNextLog(directory) ? NEXT_LOG : LOG));
    }

    /** Puts it in place of the old log's, which signs nothing any more. */
    static void installNextLog(Path directory) throws IOException {
        KeyFiles.install(keys(directory), NEXT_LOG, LOG);
    }

    @Override
    public synchronized Pair of(Requirement requirement) throws VerificationException {
        Pair pair = read;
        if (pair == null) {
            try {
                pair = new Pair(
                        read(keys(directory).resolve(LOG)), read(keys(directory).resolve(STATEMENT)));
            } catch (IOException e) {
                throw new VerificationException(
                        Reason.BAD_KEY,
                        "The second keys of this aggregator cannot be read (" + e.getMessage()
                                + "); 'weft-aggregator algorithms require' makes them, else restore keys/ from a copy.");
            }
        }
        boolean named = requirement.log().contains(pair.log().verifyingKey())
                && requirement.aggregator().equals(pair.statement().verifyingKey());
        if (!named) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "Root named other second keys than keys/ holds; run 'weft-aggregator algorithms require' with this"
                            + " directory, or restore keys/ from a copy.");
        }
        read = pair;
        return pair;
    }

    private static Path keys(Path directory) {
        return directory.resolve("keys");
    }

    private static MlDsaSigningKey made(Path file, SecureRandom random) throws VerificationException, IOException {
        if (!Files.exists(file)) {
            write(file, MlDsaSigningKey.generate(random));
        }
        return read(file);
    }

    private static void write(Path file, MlDsaSigningKey key) throws IOException {
        KeyFiles.writeSecret(file, HexFormat.of().formatHex(key.seed().toByteArray()) + "\n");
    }

    private static MlDsaSigningKey read(Path file) throws VerificationException, IOException {
        return MlDsaSigningKey.fromSeed(KeyFiles.seed(file));
    }
}
