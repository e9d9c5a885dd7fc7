package dev.weft.node.deliver;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The outer half of a node over a real database: what it signs, and how it delivers. Opened again, it is restarted. */
final class Site implements AutoCloseable {
    /** Set back and forth by a test. */
    final AtomicReference<Duration> clockOff = new AtomicReference<>(Duration.ZERO);

    private final InstantSource clock = () -> InstantSource.system().instant().plus(clockOff.get());
    static final Digest FEDERATION = Hashing.sha256(ByteString.copyFromUtf8("federation"));

    final NodeDatabase database;
    final Outbox outbox = new Outbox(AuthorState.opened(Hashing.sha256(ByteString.copyFromUtf8("membership"))));
    final Metrics metrics = new Metrics();
    final SecurityEvents events = new SecurityEvents(clock, metrics);
    final SharedLog sharedLog;
    final AtomicLong anchored = new AtomicLong();
    final Deliverer deliverer;
    private final SigningKey key;

    Site(Path directory, FakeAggregator aggregator, SecureRandom random) throws Exception {
        this(directory, aggregator, random, UnaryOperator.identity());
    }

    /** With something around the connection that writes. */
    Site(Path directory, FakeAggregator aggregator, SecureRandom random, UnaryOperator<Connection> around)
            throws Exception {
        this.key = SigningKey.generate(random);
        database = NodeDatabase.open(directory, around);
        GroupCommit writer = database.writer();
        sharedLog = new SharedLog(
                FakeAggregator.ORIGIN, List.of(aggregator.verifier()), writer, database.readers(), events, clock);
        deliverer = new Deliverer(
                new Deliverer.Settings(
                        FEDERATION,
                        FakeAggregator.ORIGIN,
                        "test",
                        8,
                        Duration.ofMillis(5),
                        Duration.ofMillis(40),
                        Duration.ofMillis(500)),
                new OutboxTables(outbox, writer, database.readers()),
                sharedLog,
                aggregator,
                anchored::get,
                new Deliverer.Surroundings(events, metrics, clock, random));
        anchored.set(signed());
    }

    /** Signs and queues so many statements and moves the anchor over them. */
    List<SignedEnvelope> say(int count) {
        List<SignedEnvelope> said = sayWithoutAnchor(count);
        anchored.set(signed());
        deliverer.wake();
        return said;
    }

    /** Signs and queues the statement of that predicate, whose header is filled here. */
    SignedEnvelope say(Function<Header, Message> predicate) {
        SignedEnvelope said = database.writer()
                .submit(connection -> append(connection, predicate))
                .join();
        anchored.set(signed());
        deliverer.wake();
        return said;
    }

    List<SignedEnvelope> sayWithoutAnchor(int count) {
        return database.writer()
                .submit(connection -> {
                    List<SignedEnvelope> said = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        said.add(append(connection, Site::progress));
                    }
                    return said;
                })
                .join();
    }

    private SignedEnvelope append(Connection connection, Function<Header, Message> predicate)
            throws SQLException, VerificationException {
        SignedEnvelope envelope =
                EnvelopeSigner.sign(predicate.apply(header(outbox.authorState(connection))), List.of(key));
        outbox.append(connection, envelope, List.of(), List.of());
        return envelope;
    }

    private static Progress progress(Header header) {
        return Progress.newBuilder()
                .setHeader(header)
                .setRound(FEDERATION.toByteString())
                .setState(ProgressState.STARTED)
                .build();
    }

    private static Header header(AuthorState state) {
        TreeHead site =
                new TreeHead(state.nextSeq() + 1, Hashing.sha256(ByteString.copyFromUtf8("s" + state.nextSeq())));
        return Header.newBuilder()
                .setFederation(FEDERATION.toByteString())
                .setAudience(FakeAggregator.ORIGIN)
                .setAuthor("hospital-a")
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setSiteHead(site.toProto())
                .setRecordedAt("2026-11-21T08:00:00.000Z")
                .build();
    }

    long signed() {
        return read(connection -> outbox.authorState(connection).nextSeq());
    }

    List<DeliveredStatement> statements() {
        return read(connection -> outbox.list(connection, Optional.empty(), -1, 1_000));
    }

    long durable() {
        return statements().stream().filter(s -> s.receipt().isPresent()).count();
    }

    interface Read<T> {
        T from(Connection connection) throws SQLException;
    }

    <T> T read(Read<T> read) {
        try (Connection connection = database.readers().getConnection()) {
            return read.from(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean raised(String type) {
        return events.recent().stream()
                .anyMatch(noticed -> noticed.event().type().equals(type));
    }

    @Override
    public void close() throws IOException {
        deliverer.close();
        database.close();
    }
}
