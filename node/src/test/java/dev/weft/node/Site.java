package dev.weft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.weft.node.capture.RecordJson;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.record.RecordStore;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.Recorder;
import dev.weft.node.release.Author;
import dev.weft.node.release.Linking;
import dev.weft.node.release.LinkingKeys;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.Releaser;
import dev.weft.node.release.StewardQueue;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Submission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The inner half of a node in a directory of a test, which can be stopped and opened again. */
public final class Site implements AutoCloseable {

    /** Any statement id. */
    public static final String ROUND = "11".repeat(32);

    private static final SecureRandom RANDOM = new SecureRandom();

    public final Digest federation = sha256("federation");
    public final Digest membership = sha256("membership");
    public final SigningKey key = SigningKey.fromSeed(sha256("statement key").toByteString());
    public final InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-21T08:00:00Z"));
    public final Path directory;
    public final Outbox outbox = new Outbox(AuthorState.opened(membership));
    private final Role role;
    private String policy = "";

    public NodeDatabase database;
    public NodeAnchor anchor;
    public Recorder recorder;
    public RecordStore records;
    public StewardQueue steward;
    public Releaser releaser;
    public Linking linking;
    /** The federation's linking key, as far as the site has it. */
    public LinkingKeys keys = LinkingKeys.NONE;

    private Site(Path directory, Role role, String policy) throws Exception {
        this.directory = directory;
        this.role = role;
        this.policy = policy;
        open();
    }

    public static Site of(Path directory) throws Exception {
        return new Site(directory, Role.SITE, "");
    }

    public static Site of(Path directory, Role role, String policy) throws Exception {
        return new Site(directory, role, policy);
    }

    private void open() throws Exception {
        database = NodeDatabase.open(directory);
        anchor = NodeAnchor.open(database, federation, outbox::authorState);
        Author author = new Author(
                federation,
                "demo/log/1",
                new MemberName("hospital-a"),
                role,
                key,
                Optional.empty(),
                EnvelopeOpener.LIMITS);
        releaser = new Releaser(
                author,
                ReleasePolicy.parse(policy, "release.policy"),
                () -> keys.current(),
                outbox,
                anchor,
                connection -> TreeHead.EMPTY,
                clock);
        recorder = Recorder.open(database, releaser, RANDOM, clock);
        linking = new Linking(releaser);
        records = new RecordStore(database.readers());
        steward = new StewardQueue(recorder, releaser, database.readers());
    }

    /** Stops and opens again. */
    public void reopen() throws Exception {
        close();
        open();
    }

    /** Stops and opens again under another policy. */
    public void reopen(String otherPolicy) throws Exception {
        policy = otherPolicy;
        reopen();
    }

    /** Records what the JSON says, with double quotes for the single ones. */
    public Recorded record(String json) {
        try {
            return await(recorder.record(RecordJson.read(json.replace('\'', '"'))));
        } catch (VerificationException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** The reason for which the record is refused, by the reader or by the recorder. */
    public Reason refusal(String json) {
        Throwable why = catchThrowable(() -> get(recorder.record(RecordJson.read(json.replace('\'', '"')))));
        assertThat(why).isInstanceOf(VerificationException.class);
        return ((VerificationException) why).reason();
    }

    /** The reason for which the work fails. */
    public static Reason refusal(CompletableFuture<?> future) {
        Throwable why = catchThrowable(() -> get(future));
        assertThat(why).isInstanceOf(VerificationException.class);
        return ((VerificationException) why).reason();
    }

    public static <T> T await(CompletableFuture<T> future) {
        try {
            return get(future);
        } catch (Exception e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** One of the statements that lie in the outbox, with what goes beside it. */
    public record Sent(OpenedEnvelope envelope, List<Digest> siteProof, List<Opening> openings) {

        public String payload() {
            return envelope.envelope().getPayload().toStringUtf8();
        }
    }

    /** All statements of the outbox, each checked as the aggregator would, in order. */
    public List<Sent> sent() throws Exception {
        List<Sent> sent = new ArrayList<>();
        AuthorState state = AuthorState.opened(membership);
        try (Connection connection = database.readers().getConnection();
                Statement select = connection.createStatement();
                ResultSet rows =
                        select.executeQuery("SELECT envelope, site_proof, openings FROM outbox ORDER BY seq")) {
            while (rows.next()) {
                OpenedEnvelope opened = EnvelopeOpener.open(ByteString.copyFrom(rows.getBytes(1)));
                opened.verify(List.of(key.verifyingKey()));
                List<Digest> proof = digests(rows.getBytes(2));
                state = IntakeRule.check(opened, state, federation, "demo/log/1", proof);
                sent.add(new Sent(
                        opened, proof, Submission.parseFrom(rows.getBytes(3)).getOpeningsList()));
            }
        }
        return sent;
    }

    private static List<Digest> digests(byte[] bytes) {
        List<Digest> digests = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += Digest.SIZE) {
            digests.add(Digest.of(ByteString.copyFrom(bytes, at, Digest.SIZE)));
        }
        return digests;
    }

    /** Runs SQL on the writer's connection. */
    public void sql(String sql) {
        await(database.writer().submit(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        }));
    }

    public static Digest sha256(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A digest string of some text. */
    public static String digest(String text) {
        return "sha256:" + sha256(text).hex();
    }

    @Override
    public void close() throws IOException {
        database.close();
    }
}
