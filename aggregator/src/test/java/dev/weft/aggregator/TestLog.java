package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.aggregator.ask.Asker;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.PooledLogStore;
import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.aggregator.publish.FileAnchor;
import dev.weft.aggregator.publish.Sequencer;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A log with its graph in a real database, and beside it the same graph in memory. Statements have their form and are
 * signed; who may sign is not asked here.
 */
public final class TestLog implements AutoCloseable {
    public static final long FEDERATION = 1;
    public static final String ORIGIN = "demo/log/1";

    private static final String TIME = WireTime.print(Instant.parse("2026-11-21T08:00:00Z"));
    private static final SigningKey KEY = SigningKey.fromSeed(hash("key"));
    private static final TlsKey TLS = TlsKey.generate(new SecureRandom());
    private static final PublicKey HPKE = HpkeKey.generate(new SecureRandom()).toProto();

    private final AggregatorDatabase database;
    private final boolean own;
    private final long key;
    private final FileAnchor anchor;
    private final JdbcLogStore store;
    private final TransparencyLog log;
    private final Sequencer sequencer;
    private final GraphStore graph;
    private final MemoryGraph memory = new MemoryGraph();
    private final Map<String, Statement> last = new HashMap<>();
    private final List<SignedEnvelope> pending = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();
    private final Digest federation;
    private final Asker asker;

    /** Opens a new log in an empty directory; genesis is its first entry. */
    public TestLog(Path directory) throws Exception {
        this(directory, AggregatorDatabase.open(directory), FEDERATION);
    }

    /** Another federation's new log in the same database; its anchor lies in an empty directory of its own. */
    public TestLog beside(Path directory, long federationKey) throws Exception {
        return new TestLog(directory, database, federationKey);
    }

    private TestLog(Path directory, AggregatorDatabase database, long key) throws Exception {
        this.database = database;
        this.key = key;
        this.own = key == FEDERATION;
        graph = new GraphStore(key);
        anchor = FileAnchor.open(directory.resolve("aggregator.anchor"));
        store = new JdbcLogStore(database.writer(), key);
        log = TransparencyLog.open(store);
        sequencer = Sequencer.start(
                new Sequencer.Parts(
                        log,
                        new PooledLogStore(database.readers(), key),
                        anchor,
                        ORIGIN,
                        NoteSigner.ed25519(ORIGIN, KEY)),
                new Metrics());
        SignedEnvelope genesis = EnvelopeSigner.sign(genesis(key), List.of(KEY));
        federation = genesis.statement().id();
        FederationStore.put(
                database.writer(),
                new FederationStore.Federation(
                        key, federation, "demo", key == FEDERATION ? ORIGIN : "demo-" + key + "/log/1"));
        asker = newAsker();
        pending.add(genesis);
        publish();
    }

    /** 32 bytes that stand for something of that name. */
    public static ByteString hash(String name) {
        return Hashing.sha256(name.getBytes(StandardCharsets.UTF_8)).toByteString();
    }

    public AggregatorDatabase database() {
        return database;
    }

    public Connection writer() {
        return database.writer();
    }

    public GraphStore graph() {
        return graph;
    }

    public MemoryGraph memory() {
        return memory;
    }

    public JdbcLogStore store() {
        return store;
    }

    /** All that is published. */
    public List<Statement> statements() {
        return statements;
    }

    public Digest federation() {
        return federation;
    }

    public NoteVerifier verifier() {
        return NoteVerifier.ed25519(ORIGIN, KEY.verifyingKey());
    }

    /** The one that remembers what it was asked, as a daemon's does. */
    public Asker asker() {
        return asker;
    }

    /** One that was never asked before. */
    public Asker newAsker() {
        return new Asker(database.readers(), sequencer.published(), federation, key, () -> false);
    }

    /** Signs the author's next statement, to be appended with the next {@link #publish}. */
    public Digest say(String author, Message body) throws Exception {
        Statement before = last.get(author);
        Header header = Header.newBuilder()
                .setFederation(federation.toByteString())
                .setAudience(ORIGIN)
                .setAuthor(author)
                .setSeq(before == null ? 0 : before.header().getSeq() + 1)
                .setPrev(
                        before == null ? federation.toByteString() : before.id().toByteString())
                .setRecordedAt(TIME)
                .build();
        Message predicate = body.toBuilder()
                .setField(body.getDescriptorForType().findFieldByNumber(1), header)
                .build();
        SignedEnvelope signed = EnvelopeSigner.sign(predicate, List.of(KEY));
        last.put(author, signed.statement());
        pending.add(signed);
        return signed.statement().id();
    }

    public void join(String name, Role role) throws Exception {
        say("aggregator", membership(name, role));
    }

    /** Appends what was said, publishes the head, and projects it into both graphs. */
    public void publish() throws Exception {
        long first = log.head().size();
        log.append(pending.stream().map(SignedEnvelope::bytes).toList());
        writer().commit();
        sequencer.publish(log.head());
        for (int i = 0; i < pending.size(); i++) {
            Statement statement = pending.get(i).statement();
            memory.add(statement);
            graph.project(writer(), first + i, statement);
            statements.add(statement);
        }
        ProjectionStore.setNext(writer(), key, log.head().size());
        writer().commit();
        pending.clear();
    }

    private static Genesis genesis(long key) {
        return Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt(TIME))
                .setName("demo")
                .setNonce(hash("nonce" + key))
                .addRootKeys(KEY.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(KEY.verifyingKey().toProto())
                .setAggregatorKey(KEY.verifyingKey().toProto())
                .setCaDigest(hash("ca"))
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
    }

    private Membership membership(String name, Role role) {
        Invitation invitation = Invitation.newBuilder()
                .setFederation(federation.toByteString())
                .setFederationName("demo")
                .setMember(name)
                .setRole(role)
                .setExpires(TIME)
                .setOneTimeKey(KEY.verifyingKey().toProto())
                .addAddresses("127.0.0.1:7443")
                .setCaDigest(hash("ca"))
                .setNonce(hash(name).substring(0, 16))
                .build();
        PublicKey key = KEY.verifyingKey().toProto();
        Possession proof = Possession.newBuilder()
                .setKey(key)
                .setSignature(KEY.sign(new byte[] {1}))
                .build();
        return Membership.newBuilder()
                .setInvitation(Invitations.sign(invitation, List.of(KEY)))
                .setKeys(MemberKeys.newBuilder()
                        .setStatement(key)
                        .setWitness(SigningKey.fromSeed(hash("witness"))
                                .verifyingKey()
                                .toProto())
                        .setTls(TLS.toProto())
                        .setHpke(HPKE)
                        .setRecovery(SigningKey.fromSeed(hash("recovery"))
                                .verifyingKey()
                                .toProto()))
                .setOneTimeSignature(KEY.sign(new byte[] {2}))
                .addAllPossessions(List.of(proof, proof, proof, proof))
                .build();
    }

    @Override
    public void close() throws IOException, SQLException {
        store.close();
        anchor.close();
        if (own) {
            database.close();
        }
    }
}
