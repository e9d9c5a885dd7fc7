package dev.weft.aggregator.ask;

import dev.weft.proto.v1.Answer;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells an answer no faster than the asker takes it, so that nobody's slowness fills this machine's memory. */
final class Pace implements Consumer<Answer> {
    private final ServerCallStreamObserver<Answer> call;
    private final Duration patience;

    /** Why an answer is broken off. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean stalled;

        Broken(boolean stalled) {
            super(stalled ? "the asker takes nothing" : "the asker is gone", null, false, false);
            this.stalled = stalled;
        }

        /** Still there, and taking nothing; otherwise it has gone. */
        boolean stalled() {
            return stalled;
        }
    }

    /** For the thread on which the call began: handlers cannot be set later. */
    Pace(ServerCallStreamObserver<Answer> call, Duration patience) {
        this.call = call;
        this.patience = patience;
        call.setOnReadyHandler(this::wake);
        // With a handler, a cancelled call does not throw out of onNext.
        call.setOnCancelHandler(this::wake);
    }

    @Override
    public void accept(Answer part) {
        await();
        call.onNext(part);
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized void await() {
        long end = System.nanoTime() + patience.toNanos();
        while (!call.isReady()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (call.isCancelled() || left <= 0) {
                throw new Broken(!call.isCancelled());
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Broken(true);
            }
        }
    }
}
