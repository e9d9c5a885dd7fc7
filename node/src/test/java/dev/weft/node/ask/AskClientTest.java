package dev.weft.node.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Peer;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerEnd;
import dev.weft.proto.v1.AnswerHead;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.LineageGrpc;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Question;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskClientTest {
    private static final String ORIGIN = "test/log/1";
    private static final Digest FEDERATION = Hashing.sha256(ByteString.copyFromUtf8("federation"));
    private static final Question QUESTION = Question.newBuilder()
            .setLineage(LineageQuestion.newBuilder().setOf("sha256:00"))
            .build();

    @TempDir
    Path directory;

    private final NoteSigner signer = NoteSigner.ed25519(ORIGIN, SigningKey.generate(new SecureRandom()));
    private final SecurityEvents events = new SecurityEvents(InstantSource.system(), new Metrics());
    private final Oracle oracle = new Oracle();
    private NodeDatabase database;
    private SharedLog sharedLog;
    private AskClient client;

    @BeforeEach
    void open() throws Exception {
        database = NodeDatabase.open(directory);
        sharedLog = new SharedLog(
                ORIGIN,
                List.of(signer.verifier()),
                database.writer(),
                database.readers(),
                events,
                InstantSource.system());
        sharedLog.accept(CheckpointUpdate.newBuilder()
                .setNote(oracle.note(oracle.head(3)))
                .build());
        client = new AskClient(oracle, sharedLog, FEDERATION, events, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        oracle.close();
        database.close();
    }

    /** A lineage service over a real log, which can be told to lie. */
    private final class Oracle extends LineageGrpc.LineageImplBase implements Peer, AutoCloseable {
        private final List<ByteString> entries = new ArrayList<>();
        private final Server server;
        private final ManagedChannel channel;
        private volatile Function<AnswerHead, AnswerHead> heads = honest -> honest;
        private volatile Function<ProvenEntry, ProvenEntry> proofs = honest -> honest;
        private volatile boolean refuses;
        private volatile boolean endless;

        Oracle() {
            for (int i = 0; i < 5; i++) {
                entries.add(ByteString.copyFromUtf8("entry " + i));
            }
            String name = InProcessServerBuilder.generateName();
            try {
                server = InProcessServerBuilder.forName(name)
                        .addService(this)
                        .build()
                        .start();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            channel = InProcessChannelBuilder.forName(name).build();
        }

        private List<Digest> leaves() {
            return entries.stream().map(MerkleMath::leafHash).toList();
        }

        TreeHead head(int size) {
            return MerkleMath.head(leaves().subList(0, size));
        }

        ByteString note(TreeHead head) {
            return Checkpoint.sign(new Checkpoint(ORIGIN, head), signer);
        }

        @Override
        public void ask(Question question, StreamObserver<Answer> out) {
            if (refuses) {
                Metadata trailers = new Metadata();
                trailers.put(Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER), "not-found");
                out.onError(Status.NOT_FOUND
                        .withDescription("Nothing is known by that name.")
                        .asRuntimeException(trailers));
                return;
            }
            AnswerHead honest = AnswerHead.newBuilder()
                    .setFederation(FEDERATION.toByteString())
                    .setCheckpoint(note(head(5)))
                    .addAllConsistency(ConsistencyProof.prove(MerkleMath.reader(leaves()), question.getSeenSize(), 5)
                            .toProto())
                    .build();
            out.onNext(Answer.newBuilder().setHead(heads.apply(honest)).build());
            for (int i = 0; i < 5; i++) {
                ProvenEntry entry = ProvenEntry.newBuilder()
                        .setIndex(i)
                        .setEnvelope(entries.get(i))
                        .addAllInclusion(InclusionProof.prove(MerkleMath.reader(leaves()), i, 5)
                                .toProto())
                        .build();
                out.onNext(Answer.newBuilder().setEntry(proofs.apply(entry)).build());
            }
            if (!endless) {
                out.onNext(Answer.newBuilder()
                        .setEnd(AnswerEnd.getDefaultInstance())
                        .build());
            }
            out.onCompleted();
        }

        @Override
        public ManagedChannel channel() {
            return channel;
        }

        @Override
        public String address() {
            return "in-process";
        }

        @Override
        public void rotate() {}

        @Override
        public void renew() {}

        @Override
        public void close() {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    private boolean raised(String type) {
        return events.recent().stream()
                .anyMatch(noticed -> noticed.event().type().equals(type));
    }

    private void doesNotHold() throws AskException {
        CheckedAnswer answer = client.ask(QUESTION);
        assertThat(answer.holds()).isFalse();
        assertThat(answer.detail()).isNotBlank();
        assertThat(raised("answer-refused")).isTrue();
    }

    @Test
    void honestAnswer_holdsWithAllItsEntries() throws Exception {
        CheckedAnswer answer = client.ask(QUESTION);
        assertThat(answer.holds()).isTrue();
        assertThat(answer.entries()).isEqualTo(5);
        assertThat(answer.checkpoint()).isEqualTo(5);
        assertThat(sharedLog.held().size()).isEqualTo(3); // the stream's own proofs go on from there
    }

    @Test
    void entryThatTheLogDoesNotHold_isNotBelieved() throws Exception {
        oracle.proofs = honest -> honest.toBuilder()
                .setEnvelope(ByteString.copyFromUtf8("never said"))
                .build();
        doesNotHold();
    }

    @Test
    void entryAtAnotherIndex_isNotBelieved() throws Exception {
        oracle.proofs = honest ->
                honest.toBuilder().setIndex((honest.getIndex() + 1) % 5).build();
        doesNotHold();
    }

    @Test
    void checkpointThatDoesNotExtendTheOneHeld_isNotBelieved() throws Exception {
        oracle.heads = honest -> honest.toBuilder()
                .setCheckpoint(oracle.note(new TreeHead(5, Hashing.sha256(ByteString.copyFromUtf8("other")))))
                .build();
        doesNotHold();
    }

    @Test
    void unsignedCheckpoint_isNotBelieved() throws Exception {
        oracle.heads =
                honest -> honest.toBuilder().setCheckpoint(ByteString.EMPTY).build();
        doesNotHold();
    }

    @Test
    void answerAboutAnotherFederation_isNotBelieved() throws Exception {
        oracle.heads = honest -> honest.toBuilder()
                .setFederation(Hashing.sha256(ByteString.EMPTY).toByteString())
                .build();
        doesNotHold();
    }

    @Test
    void answerWithoutItsEnd_isNotBelieved() throws Exception {
        oracle.endless = true;
        doesNotHold();
    }

    @Test
    void checkpointThatContradictsAnAnswer_isAFork() throws Exception {
        assertThat(client.ask(QUESTION).holds()).isTrue();
        CheckpointUpdate other = CheckpointUpdate.newBuilder()
                .setNote(oracle.note(new TreeHead(5, Hashing.sha256(ByteString.copyFromUtf8("other")))))
                .setOldSize(3)
                .build();
        assertThatThrownBy(() -> sharedLog.accept(other))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORK));
        assertThat(sharedLog.forked()).isTrue();
        assertThat(raised("log-forked")).isTrue();
    }

    @Test
    void refusedQuestion_carriesTheReason() {
        oracle.refuses = true;
        assertThatThrownBy(() -> client.ask(QUESTION))
                .isInstanceOfSatisfying(AskException.class, e -> {
                    assertThat(e.unreachable()).isFalse();
                    assertThat(e.reason()).isEqualTo("not-found");
                })
                .hasMessageContaining("Nothing is known");
    }

    @Test
    void aggregatorThatIsGone_isUnreachable() {
        oracle.server.shutdownNow();
        assertThatThrownBy(() -> client.ask(QUESTION))
                .isInstanceOfSatisfying(
                        AskException.class, e -> assertThat(e.unreachable()).isTrue());
    }
}
