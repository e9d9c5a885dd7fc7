package dev.weft.aggregator.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.aggregator.TestLog;
import dev.weft.aggregator.Training;
import dev.weft.aggregator.members.GrpcRefusal;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.LineageGrpc;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundsQuestion;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions over gRPC: what a full queue, a slow asker and a wrong question get. */
class LineageServiceTest {
    private static final Question ROUNDS =
            Question.newBuilder().setRounds(RoundsQuestion.getDefaultInstance()).build();
    private static final Question LINEAGE = Question.newBuilder()
            .setLineage(LineageQuestion.newBuilder().setOf("line/2"))
            .setProof(true)
            .build();

    private final ThreadPoolExecutor readers =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1));

    @TempDir
    Path directory;

    private TestLog log;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        log = new TestLog(directory);
        Training training = new Training(log, 2);
        training.round();
        training.round();
        LineageService service = new LineageService(log.asker(), readers, Duration.ofMillis(300));
        server = InProcessServerBuilder.forName(directory.toString())
                .addService(service)
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(directory.toString()).build();
    }

    @AfterEach
    void close() throws Exception {
        channel.shutdownNow();
        server.shutdownNow().awaitTermination();
        readers.shutdownNow();
        assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        log.close();
    }

    @Test
    void question_isAnsweredInParts_asTheAskerItselfTellsThem() throws Exception {
        List<Answer> told = new ArrayList<>();
        log.asker().ask(LINEAGE, told::add);
        List<Answer> parts = new ArrayList<>();
        LineageGrpc.newBlockingStub(channel).ask(LINEAGE).forEachRemaining(parts::add);
        assertThat(parts).isEqualTo(told);
    }

    @Test
    void fullQueue_answersBusy_andTheNextQuestionIsAnswered() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        CompletableFuture<Void> drained = new CompletableFuture<>();
        readers.execute(() -> awaitQuietly(free));
        readers.execute(() -> drained.complete(null));
        refused(Status.Code.RESOURCE_EXHAUSTED, "busy", ROUNDS);
        free.countDown();
        drained.get(10, TimeUnit.SECONDS);
        assertThat(LineageGrpc.newBlockingStub(channel).ask(ROUNDS).hasNext()).isTrue();
    }

    @Test
    void wrongQuestion_hasItsReasonInTheTrailer() {
        refused(Status.Code.INVALID_ARGUMENT, "missing-field", Question.getDefaultInstance());
    }

    @Test
    void askerThatTakesNothing_isGivenUp_andHoldsNoThread() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        LineageGrpc.newStub(channel).ask(LINEAGE, new ClientResponseObserver<Question, Answer>() {
            @SuppressWarnings("NullAway.Init") // beforeStart comes first
            private ClientCallStreamObserver<Question> call;

            @Override
            public void beforeStart(ClientCallStreamObserver<Question> stream) {
                call = stream;
                stream.disableAutoRequestWithInitial(1);
            }

            @Override
            public void onNext(Answer part) {
                // Takes the head, and then nothing more until the thread that told it is free again.
                CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> {
                    CompletableFuture<Void> idle = new CompletableFuture<>();
                    readers.execute(() -> idle.complete(null));
                    idle.join();
                    call.request(Integer.MAX_VALUE);
                });
            }

            @Override
            public void onError(Throwable failure) {
                ended.complete(failure);
            }

            @Override
            public void onCompleted() {
                ended.completeExceptionally(new AssertionError("the answer came whole"));
            }
        });
        Throwable failure = ended.get(20, TimeUnit.SECONDS);
        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Objects.requireNonNull(Status.trailersFromThrowable(failure)).get(GrpcRefusal.REASON))
                .isEqualTo("stalled");
    }

    private void refused(Status.Code code, String reason, Question question) {
        assertThatThrownBy(
                        () -> LineageGrpc.newBlockingStub(channel).ask(question).forEachRemaining(part -> {}))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(code);
                    assertThat(Objects.requireNonNull(e.getTrailers()).get(GrpcRefusal.REASON))
                            .isEqualTo(reason);
                });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
