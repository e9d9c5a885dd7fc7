package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The secret keys that stay with the node, one file each under {@code keys/}. The recovery key is not among them.
 *
 * @param statement signs statements
 * @param witness cosigns checkpoints
 * @param hpke receives what others encrypt for this member
 * @param tls behind the client certificate
 */
record NodeKeys(SigningKey statement, SigningKey witness, HpkeKey hpke, TlsKey tls) {

    /** Makes what is not there yet. A crash between two files leaves the first; the next call makes the second. */
    static NodeKeys make(Path keys, SecureRandom random) throws IOException, VerificationException {
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
        return load(keys);
    }

    static NodeKeys load(Path keys) throws IOException, VerificationException {
        return new NodeKeys(
                SigningKey.fromSeed(readHex(keys.resolve("statement.key"))),
                SigningKey.fromSeed(readHex(keys.resolve("witness.key"))),
                HpkeKey.fromPrivate(readHex(keys.resolve("hpke.key"))),
                TlsKey.fromPem(PrivateFiles.read(keys.resolve("tls.key"))));
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
