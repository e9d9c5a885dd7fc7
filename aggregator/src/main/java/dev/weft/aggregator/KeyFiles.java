package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The private keys of an aggregator's directory, one file each, readable by their owner alone. */
public final class KeyFiles {
    /** In the directory itself: the one key that may be moved offline, since only invitations and root's word need it. */
    public static final String ROOT = "root.key";

    private static final String CA_CERTIFICATE = "ca.pem";
    private static final String CA_KEY = "ca.key";
    private static final String LOG = "log.key";
    private static final String NEXT_LOG = "log.key.next";
    private static final String STATEMENT = "statement.key";
    private static final String TLS = "tls.key";

    private KeyFiles() {}

    /**
     * What a running aggregator holds.
     *
     * @param log signs checkpoints
     * @param statement signs statements of the author {@code aggregator}
     */
    public record Keys(CertificateAuthority ca, SigningKey log, SigningKey statement, TlsKey tls) {}

    /** Writes new keys into {@code keys/}, which must not exist. */
    public static void write(Path directory, Keys keys, SigningKey root) throws IOException {
        Path folder = directory.resolve("keys");
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        writeSecret(
                folder.resolve(CA_CERTIFICATE),
                Certificates.toPem(List.of(keys.ca().certificate())));
        writeSecret(folder.resolve(CA_KEY), keys.ca().keyPem());
        writeSecret(folder.resolve(LOG), hex(keys.log()));
        writeSecret(folder.resolve(STATEMENT), hex(keys.statement()));
        writeSecret(folder.resolve(TLS), keys.tls().toPem());
        writeSecret(directory.resolve(ROOT), hex(root));
    }

    /** Reads the keys of a directory; the root key is not among them. */
    public static Keys read(Path directory, SecureRandom random, InstantSource clock)
            throws VerificationException, IOException {
        Path folder = directory.resolve("keys");
        return new Keys(
                CertificateAuthority.fromPem(
                        Files.readString(folder.resolve(CA_CERTIFICATE)),
                        secret(folder.resolve(CA_KEY)),
                        random,
                        clock),
                signing(folder.resolve(LOG)),
                signing(folder.resolve(STATEMENT)),
                TlsKey.fromPem(secret(folder.resolve(TLS))));
    }

    /** The key of a continued log, where one was begun and not finished. */
    static Optional<SigningKey> nextLog(Path directory) throws VerificationException, IOException {
        Path file = directory.resolve("keys").resolve(NEXT_LOG);
        return Files.exists(file) ? Optional.of(signing(file)) : Optional.empty();
    }

    /** Writes the key of a continued log beside its place. */
    static void writeNextLog(Path directory, SigningKey key) throws IOException {
        Path file = directory.resolve("keys").resolve(NEXT_LOG);
        Files.deleteIfExists(file);
        writeSecret(file, hex(key));
    }

    /** Puts it in place of the old log's key, which signs nothing any more. */
    static void installNextLog(Path directory) throws IOException {
        install(directory.resolve("keys"), NEXT_LOG, LOG);
    }

    /** Moves a new key over the one in its place. */
    static void install(Path keys, String next, String place) throws IOException {
        Files.move(
                keys.resolve(next),
                keys.resolve(place),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** An Ed25519 key from its file: 64 hex digits. */
    public static SigningKey signing(Path file) throws VerificationException, IOException {
        return SigningKey.fromSeed(seed(file));
    }

    /** The 32 secret bytes of a key's file. */
    static ByteString seed(Path file) throws VerificationException, IOException {
        String text = secret(file).strip();
        if (!text.matches("[0-9a-fA-F]{64}")) {
            throw new VerificationException(Reason.BAD_KEY, file + " holds no key of 64 hex digits; put it back.");
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
    }

    /** What the operator's tools show at the daemon's HTTP door. */
    static String adminToken(Path directory) throws VerificationException, IOException {
        return secret(directory.resolve("tokens").resolve("admin.token")).strip();
    }

    /** What tools show that read the log's files; made where there is none yet. */
    static String logToken(Path directory, SecureRandom random) throws VerificationException, IOException {
        Path file = directory.resolve("tokens").resolve("log.token");
        if (!Files.exists(file)) {
            byte[] token = new byte[32];
            random.nextBytes(token);
            writeSecret(file, HexFormat.of().formatHex(token) + "\n");
        }
        return secret(file).strip();
    }

    /** Writes a new file that its owner alone can read. */
    public static void writeSecret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
    }

    private static String secret(Path file) throws VerificationException, IOException {
        Set<PosixFilePermission> allowed = PosixFilePermissions.fromString("rwx------");
        if (!allowed.containsAll(Files.getPosixFilePermissions(file))) {
            throw new VerificationException(
                    Reason.INSECURE_FILE, file + " can be read by others than its owner; run chmod 600 on it.");
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    private static String hex(SigningKey key) {
        return HexFormat.of().formatHex(key.seed().toByteArray()) + "\n";
    }
}
