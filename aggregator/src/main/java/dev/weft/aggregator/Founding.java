package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.PooledLogStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.aggregator.publish.FileAnchor;
import dev.weft.aggregator.publish.Sequencer;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes a new federation: keys, genesis as entry 0 of an empty log, its checkpoint and its anchor. All of it in a folder
 * beside, which is renamed at the end: a crash leaves no half of a federation.
 */
public final class Founding {
    /** Leading key of the rows of a directory's federation. */
    public static final long FEDERATION = 1;

    private static final Duration CA_LIFE = Duration.ofDays(3_650);

    private final SecureRandom random;
    private final InstantSource clock;

    public Founding(SecureRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /**
     * Founds a federation.
     *
     * @param directory absent or empty
     * @param settings for {@code aggregator.properties}
     * @return the id of the federation
     */
    public Digest found(Path directory, String name, Map<String, String> settings)
            throws VerificationException, IOException, SQLException {
        return found(directory, name, settings, false);
    }

    /**
     * Founds a federation.
     *
     * @param secondSignatures whether ML-DSA-44 is required from entry 0 on
     */
    public Digest found(Path directory, String name, Map<String, String> settings, boolean secondSignatures)
            throws VerificationException, IOException, SQLException {
        if (!MemberName.isName(name)) {
            throw new VerificationException(
                    Reason.BAD_NAME, "'" + name + "' is no name for a federation; use a-z, 0-9, '.', '_' and '-'.");
        }
        requireEmpty(directory);
        Path target = directory.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path building = Files.createTempDirectory(
                target.getParent(),
                ".weft-init-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Digest federation = build(building, name, settings, secondSignatures);
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return federation;
        } finally {
            delete(building);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    private static void requireEmpty(Path directory) throws VerificationException, IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new VerificationException(
                        Reason.DUPLICATE, directory + " is not empty; found the federation in another directory.");
            }
        }
    }

    private Digest build(Path directory, String name, Map<String, String> settings, boolean secondSignatures)
            throws VerificationException, IOException, SQLException {
        KeyFiles.Keys keys = new KeyFiles.Keys(
                CertificateAuthority.create(name, random, clock, CA_LIFE),
                SigningKey.generate(random),
                SigningKey.generate(random),
                TlsKey.generate(random));
        SigningKey root = SigningKey.generate(random);
        KeyFiles.write(directory, keys, root);
        Path tokens = Files.createDirectory(
                directory.resolve("tokens"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        KeyFiles.writeSecret(tokens.resolve("admin.token"), token());
        StringBuilder lines = new StringBuilder("# 'weft-aggregator config show' lists all settings.\n");
        new TreeMap<>(settings)
                .forEach((key, value) ->
                        lines.append(key).append(" = ").append(value).append('\n'));
        Files.writeString(directory.resolve("aggregator.properties"), lines);
        Genesis.Builder said = genesis(name, keys, root);
        List<Signatory> signers = new ArrayList<>(List.of(root));
        NoteSigner signer = NoteSigner.ed25519(said.getLogOrigin(), keys.log());
        if (secondSignatures) {
            SecondKeyFiles.Made second = SecondKeyFiles.make(directory, directory.resolve(KeyFiles.ROOT), random);
            said.addRequiredSignatures(KeyAlgorithm.ML_DSA_44).setSecond(second.keys());
            signers.add(second.root());
            signer = signer.withSecond(second.log(), 1);
        }
        SignedEnvelope genesis = EnvelopeSigner.sign(said.build(), signers);
        begin(directory, name, genesis, signer);
        return genesis.statement().id();
    }

    private Genesis.Builder genesis(String name, KeyFiles.Keys keys, SigningKey root) {
        byte[] nonce = new byte[32];
        random.nextBytes(nonce);
        String origin = name + "/log/1";
        return Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(origin)
                        .setAuthor(MemberName.ROOT.value())
                        .setRecordedAt(WireTime.print(clock.instant())))
                .setName(name)
                .setNonce(ByteString.copyFrom(nonce))
                .addRootKeys(root.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(origin)
                .addLogKeys(keys.log().verifyingKey().toProto())
                .setAggregatorKey(keys.statement().verifyingKey().toProto())
                .setCaDigest(Hashing.sha256(Certificates.toDer(keys.ca().certificate()))
                        .toByteString())
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS);
    }

    private static void begin(Path directory, String name, SignedEnvelope genesis, NoteSigner signer)
            throws VerificationException, IOException, SQLException {
        String origin = name + "/log/1";
        try (AggregatorDatabase database = AggregatorDatabase.open(directory);
                FileAnchor anchor = FileAnchor.open(directory.resolve("aggregator.anchor"));
                SequenceStore sequences = new SequenceStore(database.writer(), FEDERATION)) {
            TransparencyLog log = TransparencyLog.open(new JdbcLogStore(database.writer(), FEDERATION));
            Sequencer sequencer = Sequencer.start(
                    new Sequencer.Parts(
                            log, new PooledLogStore(database.readers(), FEDERATION), anchor, origin, signer),
                    new Metrics());
            FederationStore.put(
                    database.writer(),
                    new FederationStore.Federation(
                            FEDERATION, genesis.statement().id(), name, origin));
            log.append(List.of(genesis.bytes()));
            sequences.add(MemberName.ROOT.value(), 0, 0, 0);
            sequences.flush();
            new StandingStore(database.writer(), FEDERATION).addEntry(0);
            // A crash anywhere here leaves a folder under a temporary name, which nothing ever opens.
            database.writer().commit();
            sequencer.publish(log.head());
        } catch (AnchorLostException e) {
            throw new IOException("another process writes into " + directory, e);
        }
    }

    private String token() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes) + "\n";
    }
}
