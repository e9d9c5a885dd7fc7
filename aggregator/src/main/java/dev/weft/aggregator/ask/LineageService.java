package dev.weft.aggregator.ask;

import dev.weft.aggregator.members.GrpcRefusal;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.LineageGrpc;
import dev.weft.proto.v1.Question;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions over gRPC. Answers are read on threads of their own, so that intake never waits for one. */
public final class LineageService extends LineageGrpc.LineageImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(LineageService.class);

    /** An asker that takes nothing for so long holds a thread and a snapshot that others need. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Asker asker;
    private final Executor readers;
    private final Duration patience;

    /** @param readers few threads behind a bounded queue; a question it rejects is answered {@code busy} */
    public LineageService(Asker asker, Executor readers) {
        this(asker, readers, PATIENCE);
    }

    LineageService(Asker asker, Executor readers, Duration patience) {
        this.asker = asker;
        this.readers = readers;
        this.patience = patience;
    }

    @Override
    public void ask(Question question, StreamObserver<Answer> observer) {
        ServerCallStreamObserver<Answer> call = (ServerCallStreamObserver<Answer>) observer;
        Pace pace = new Pace(call, patience);
        try {
            readers.execute(() -> answer(question, call, pace));
        } catch (RejectedExecutionException e) {
            refuse(
                    call,
                    new VerificationException(Reason.BUSY, "Too many questions wait already; ask again in a moment."));
        }
    }

    private void answer(Question question, ServerCallStreamObserver<Answer> call, Pace pace) {
        try {
            asker.ask(question, pace);
            if (!call.isCancelled()) {
                call.onCompleted();
            }
        } catch (Pace.Broken e) {
            if (e.stalled()) {
                refuse(
                        call,
                        new VerificationException(
                                Reason.STALLED, "The answer was not read for too long; ask again, for smaller pages."));
            }
        } catch (VerificationException e) {
            refuse(call, e);
        } catch (SQLException | RuntimeException e) {
            LOG.error("A question could not be answered", e);
            refuse(
                    call,
                    new VerificationException(Reason.INTERNAL, "The aggregator could not answer; its log says why."));
        }
    }

    private static void refuse(StreamObserver<Answer> call, VerificationException failure) {
        call.onError(GrpcRefusal.of(failure));
    }
}
