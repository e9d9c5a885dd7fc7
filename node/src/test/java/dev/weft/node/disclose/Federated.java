package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.SealedPost;
import dev.weft.node.deliver.SealedTraffic;
import dev.weft.node.disclose.Asked.State;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.Recorder;
import dev.weft.node.release.Author;
import dev.weft.node.release.LinkingKeys;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.Releaser;
import dev.weft.node.witness.SharedHistory;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.SealedAnswer;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member's inner half with its disclosures, whose wire is a test's own hands. Can be stopped and opened again. */
final class Federated implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T08:00:00Z"));

    private final SharedHistory log;
    private final Path directory;
    private final MemberName name;
    private final Role role;
    private final String policy;
    private final SigningKey key = SigningKey.generate(RANDOM);
    private final HpkeKey enrolled = HpkeKey.generate(RANDOM);
    /** The key that the node has; another one than it enrolled after a rotation. */
    HpkeKey hpke = enrolled;

    private final Outbox outbox;
    /** What it sent sealed and nobody has carried yet. */
    final BlockingQueue<SealedMessage> sealed = new LinkedBlockingQueue<>();

    private long delivered;
    private NodeDatabase database;
    private Recorder recorder;
    private SealedPost post;
    Disclosures disclosures;

    Federated(SharedHistory log, Path directory, String name, Role role, String policy) throws Exception {
        this.log = log;
        this.directory = directory;
        this.name = new MemberName(name);
        this.role = role;
        this.policy = policy;
        Files.createDirectories(directory);
        this.outbox = new Outbox(AuthorState.opened(log.admit(name, role, key, enrolled)));
        open();
    }

    private void open() throws Exception {
        database = NodeDatabase.open(directory);
        NodeAnchor anchor = NodeAnchor.open(database, log.federation(), outbox::authorState);
        ReleasePolicy rules = ReleasePolicy.parse(policy, "release.policy");
        Releaser releaser = new Releaser(
                new Author(
                        log.federation(),
                        SharedHistory.ORIGIN,
                        name,
                        role,
                        key,
                        Optional.empty(),
                        EnvelopeOpener.LIMITS),
                rules,
                LinkingKeys.NONE,
                outbox,
                anchor,
                connection -> TreeHead.EMPTY,
                CLOCK);
        recorder = Recorder.open(database, releaser, RANDOM, CLOCK);
        post = new SealedPost(name, database.writer(), database.readers(), CLOCK);
        disclosures = new Disclosures(
                new Disclosures.Self(log.federation(), name, hpke),
                new Disclosures.Parts(
                        recorder,
                        releaser,
                        rules,
                        outbox,
                        database.readers(),
                        post,
                        () -> Optional.of(log),
                        RANDOM,
                        CLOCK));
        post.connected(new SealedTraffic.Wire() {
            @Override
            public void send(SealedMessage message) {
                sealed.add(message);
                post.answered(SealedAnswer.newBuilder()
                        .setId(Sealed.id(message).toByteString())
                        .setState(SealedState.TAKEN)
                        .build());
            }

            @Override
            public void taken(Digest id) {}
        });
        disclosures.start();
    }

    /** As after a crash and a new start. */
    void reopen() throws Exception {
        close();
        open();
    }

    Recorded record(String json) throws Exception {
        return recorder.record(RecordJson.read(json.replace('\'', '"'))).get(30, TimeUnit.SECONDS);
    }

    /** What it has signed since enters the shared log. */
    void deliver() throws Exception {
        try (Connection connection = database.readers().getConnection();
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery(
                        "SELECT envelope FROM outbox WHERE seq >= " + delivered + " ORDER BY seq")) {
            while (rows.next()) {
                log.enter(ByteString.copyFrom(rows.getBytes(1)));
                delivered++;
            }
        }
    }

    /** Has the aggregator hand it a message, from whomever it says. */
    void receive(String from, SealedMessage message) {
        post.arrived(message.toBuilder().setFrom(from).build());
    }

    SealedMessage sent() throws InterruptedException {
        return Objects.requireNonNull(sealed.poll(30, TimeUnit.SECONDS), "nothing was sent");
    }

    Asked asked(long number) {
        try (Connection connection = database.readers().getConnection()) {
            return DisclosureStore.find(connection, number).orElseThrow();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    boolean has(long number) {
        try (Connection connection = database.readers().getConnection()) {
            return DisclosureStore.find(connection, number).isPresent();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    boolean isIn(long number, State state) {
        return has(number) && asked(number).state() == state;
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        disclosures.close();
        post.close();
        database.close();
    }
}
