package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.PublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The secret keys that stay with the node, one file each under {@code keys/}. The recovery key is not among them.
 *
 * @param statement signs statements
 * @param witness cosigns checkpoints
 * @param hpke receives what others encrypt for this member
 * @param tls behind the client certificate
 * @param second signs statements beside the first one, where the federation requires it
 */
record NodeKeys(SigningKey statement, SigningKey witness, HpkeKey hpke, TlsKey tls, Optional<MlDsaSigningKey> second) {

    /** Makes what is not there yet. A crash between two files leaves the first; the next call makes the second. */
    static NodeKeys make(Path keys, boolean withSecond, SecureRandom random) throws IOException, VerificationException {
        PrivateFiles.createDirectory(keys);
        for (String name : new String[] {"statement.key", "witness.key"}) {
            if (!Files.exists(keys.resolve(name))) {
                writeHex(keys.resolve(name), SigningKey.generate(random).seed());
            }
        }
        if (!Files.exists(keys.resolve("hpke.key"))) {
            writeHex(keys.resolve("hpke.key"), HpkeKey.generate(random).privateBytes());
        }
        if (!Files.exists(keys.resolve("tls.key"))) {
            PrivateFiles.write(keys.resolve("tls.key"), TlsKey.generate(random).toPem());
        }
        if (withSecond && !Files.exists(keys.resolve("second.key"))) {
            writeHex(
                    keys.resolve("second.key"), MlDsaSigningKey.generate(random).seed());
        }
        return load(keys);
    }

    private static NodeKeys load(Path keys) throws IOException, VerificationException {
        return new NodeKeys(
                signing(keys.resolve("statement.key")),
                signing(keys.resolve("witness.key")),
                hpke(keys.resolve("hpke.key")),
                tls(keys.resolve("tls.key")),
                Files.exists(keys.resolve("second.key"))
                        ? Optional.of(MlDsaSigningKey.fromSeed(readHex(keys.resolve("second.key"))))
                        : Optional.empty());
    }

    /**
     * The secret halves of the keys in force, from their place or, where a change was cut short, from beside it.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} where one is nowhere
     */
    static NodeKeys of(NodeDirectory files, MemberKeys inForce) throws IOException, VerificationException {
        return new NodeKeys(
                find(
                        files,
                        "statement",
                        NodeKeys::signing,
                        key -> key.verifyingKey().toProto().equals(inForce.getStatement())),
                find(
                        files,
                        "witness",
                        NodeKeys::signing,
                        key -> key.verifyingKey().toProto().equals(inForce.getWitness())),
                find(files, "hpke", NodeKeys::hpke, key -> key.toProto().equals(inForce.getHpke())),
                tls(files, inForce.getTls()),
                inForce.hasSecond() ? Optional.of(second(files, inForce.getSecond())) : Optional.empty());
    }

    /** The TLS key of that public half. */
    static TlsKey tls(NodeDirectory files, PublicKey wanted) throws IOException, VerificationException {
        return find(files, "tls", NodeKeys::tls, key -> key.toProto().equals(wanted));
    }

    private static MlDsaSigningKey second(NodeDirectory files, PublicKey wanted)
            throws IOException, VerificationException {
        return find(
                files,
                "second",
                file -> MlDsaSigningKey.fromSeed(readHex(file)),
                key -> key.verifyingKey().toProto().equals(wanted));
    }

    private interface Reader<T> {
        T read(Path file) throws IOException, VerificationException;
    }

    private static <T> T find(NodeDirectory files, String name, Reader<T> reader, Predicate<T> wanted)
            throws IOException, VerificationException {
        for (Path folder : List.of(files.keys(), files.next())) {
            Path file = folder.resolve(name + ".key");
            if (Files.exists(file)) {
                T key = reader.read(file);
                if (wanted.test(key)) {
                    return key;
                }
            }
        }
        throw new VerificationException(
                Reason.BAD_KEY, "The " + name + " key is not the one in force; restore keys/ from a copy.");
    }

    private static SigningKey signing(Path file) throws IOException, VerificationException {
        return SigningKey.fromSeed(readHex(file));
    }

    private static HpkeKey hpke(Path file) throws IOException, VerificationException {
        return HpkeKey.fromPrivate(readHex(file));
    }

    private static TlsKey tls(Path file) throws IOException, VerificationException {
        return TlsKey.fromPem(PrivateFiles.read(file));
    }

    static void writeHex(Path file, ByteString secret) throws IOException {
        PrivateFiles.write(file, HexFormat.of().formatHex(secret.toByteArray()) + "\n");
    }

    /** The 32 bytes of a key file; lines that begin with {@code #} are for people. */
    static ByteString readHex(Path file) throws IOException, VerificationException {
        String hex = PrivateFiles.read(file)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .reduce("", String::concat)
                .strip();
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new VerificationException(
                    Reason.BAD_KEY, file + " is not a key file of 64 hex digits; restore it from a copy.");
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    @Override
    public String toString() {
        return "NodeKeys[" + statement.verifyingKey() + "]";
    }
}
