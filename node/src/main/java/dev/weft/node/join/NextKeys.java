package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder {@code keys/next/}: where a change of keys puts the new ones before it is stated, so that a statement never
 * names a key that a crash has lost. They come to their place once the statement is committed.
 */
public final class NextKeys {

    private final NodeDirectory files;

    NextKeys(NodeDirectory files) {
        this.files = files;
    }

    /** For the membership in that directory; whoever uses it holds the directory. */
    public NextKeys(Path directory) {
        this(new NodeDirectory(directory));
    }

    /**
     * New keys, their secret halves on disk.
     *
     * @param keys only those that change
     * @param possessions for each that can sign, in field order
     * @param signers the new statement key and the new second key, as far as they change: they sign the change too
     */
    public record Made(MemberKeys keys, List<Possession> possessions, List<Signatory> signers) {
        public Made {
            possessions = List.copyOf(possessions);
            signers = List.copyOf(signers);
        }
    }

    /** Makes keys of these purposes, over what an earlier attempt left. */
    public Made make(NodeIdentity identity, Set<KeyPurpose> purposes, SecureRandom random) throws IOException {
        discard();
        PrivateFiles.createDirectory(files.next());
        MemberKeys.Builder keys = MemberKeys.newBuilder();
        List<Possession> possessions = new ArrayList<>();
        List<Signatory> signers = new ArrayList<>();
        if (purposes.contains(KeyPurpose.STATEMENT)) {
            SigningKey key = signing("statement", random);
            keys.setStatement(key.verifyingKey().toProto());
            possessions.add(Possessions.prove(identity.federation(), identity.name(), key));
            signers.add(key);
        }
        if (purposes.contains(KeyPurpose.WITNESS)) {
            SigningKey key = signing("witness", random);
            keys.setWitness(key.verifyingKey().toProto());
            possessions.add(Possessions.prove(identity.federation(), identity.name(), key));
        }
        if (purposes.contains(KeyPurpose.TLS)) {
            TlsKey key = TlsKey.generate(random);
            PrivateFiles.write(files.next().resolve("tls.key"), key.toPem());
            keys.setTls(key.toProto());
            possessions.add(Possessions.prove(identity.federation(), identity.name(), key));
        }
        if (purposes.contains(KeyPurpose.HPKE)) {
            HpkeKey key = HpkeKey.generate(random);
            NodeKeys.writeHex(files.next().resolve("hpke.key"), key.privateBytes());
            keys.setHpke(key.toProto());
        }
        if (purposes.contains(KeyPurpose.RECOVERY)) {
            SigningKey key = SigningKey.generate(random);
            writeRecovery(files.recovery(identity.incarnation() + 1), key, identity.name(), identity.federationName());
            keys.setRecovery(key.verifyingKey().toProto());
            possessions.add(Possessions.prove(identity.federation(), identity.name(), key));
        }
        if (purposes.contains(KeyPurpose.SECOND)) {
            MlDsaSigningKey key = MlDsaSigningKey.generate(random);
            NodeKeys.writeHex(files.next().resolve("second.key"), key.seed());
            keys.setSecond(key.verifyingKey().toProto());
            possessions.add(Possessions.prove(identity.federation(), identity.name(), key));
            signers.add(key);
        }
        return new Made(keys.build(), possessions, signers);
    }

    private SigningKey signing(String name, SecureRandom random) throws IOException {
        SigningKey key = SigningKey.generate(random);
        NodeKeys.writeHex(files.next().resolve(name + ".key"), key.seed());
        return key;
    }

    /** The rollover that the recovery key has signed and that was not committed, if a crash left one. */
    public Optional<ByteString> rollover() throws IOException {
        return Files.exists(files.rollover())
                ? Optional.of(ByteString.copyFrom(Files.readAllBytes(files.rollover())))
                : Optional.empty();
    }

    /** Keeps a signed rollover: the recovery key must never be asked for another one of this incarnation. */
    public void keepRollover(ByteString envelope) throws IOException {
        PrivateFiles.write(files.rollover(), envelope);
    }

    /** Where the recovery key of an incarnation is written, to be moved offline. */
    public Path recoveryFile(int incarnation) {
        return files.recovery(incarnation);
    }

    /**
     * Reads a recovery key as joining or a rollover wrote it.
     *
     * @throws VerificationException {@link Reason#BAD_KEY} or {@link Reason#INSECURE_FILE}
     */
    public static SigningKey recoveryKey(Path file) throws IOException, VerificationException {
        return SigningKey.fromSeed(NodeKeys.readHex(file));
    }

    static void writeRecovery(Path file, SigningKey key, MemberName member, String federation) throws IOException {
        PrivateFiles.write(file, """
                # Recovery key of member %s in federation %s.
                # Move this file offline now, to a place that outlives this machine: it is the only way to go on
                # under the same name after the node's keys or disk are lost, and whoever has it can take the name.
                %s
                """.formatted(
                        member, federation, HexFormat.of().formatHex(key.seed().toByteArray())));
    }

    /** Brings what is in force to its place. The TLS key stays beside it until there is a certificate for it. */
    void install(KeyHistory history, PublicKey certified) throws IOException, VerificationException {
        Optional<ByteString> signed = rollover();
        boolean unfinished = signed.isPresent() && !signed.get().equals(history.rollover());
        if (!Files.isDirectory(files.next()) || unfinished) {
            return;
        }
        MemberKeys inForce = history.inForce();
        NodeKeys keys = NodeKeys.of(files, inForce);
        if (Files.exists(files.next().resolve("statement.key"))) {
            NodeKeys.writeHex(
                    files.keys().resolve("statement.key"), keys.statement().seed());
        }
        if (Files.exists(files.next().resolve("witness.key"))) {
            NodeKeys.writeHex(
                    files.keys().resolve("witness.key"), keys.witness().seed());
        }
        if (Files.exists(files.next().resolve("hpke.key"))) {
            NodeKeys.writeHex(files.keys().resolve("hpke.key"), keys.hpke().privateBytes());
        }
        if (keys.second().isPresent() && Files.exists(files.next().resolve("second.key"))) {
            NodeKeys.writeHex(
                    files.keys().resolve("second.key"), keys.second().get().seed());
        }
        if (certified.equals(inForce.getTls())) {
            PrivateFiles.write(files.keys().resolve("tls.key"), keys.tls().toPem());
            discard();
        }
    }

    private void discard() throws IOException {
        if (!Files.isDirectory(files.next())) {
            return;
        }
        List<Path> left;
        try (Stream<Path> listed = Files.list(files.next())) {
            left = listed.toList();
        }
        for (Path file : left) {
            PrivateFiles.delete(file);
        }
        PrivateFiles.delete(files.next());
    }
}
