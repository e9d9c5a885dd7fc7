package dev.weft.proto.log;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A work on its way: what it gave or threw waits here for the commit. */
final class QueuedWork<T> {
    private final GroupCommit.Work<T> work;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable Runnable outcome;

    QueuedWork(GroupCommit.Work<T> work) {
        this.work = work;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    /** Runs the work; what it throws is thrown on, and kept as its answer. */
    void run(Connection connection) throws Exception {
        try {
            T result = work.run(connection);
            outcome = () -> answer.complete(result);
        } catch (Exception | Error e) {
            Throwable told = Transaction.told(e);
            outcome = () -> answer.completeExceptionally(told);
            throw e;
        }
    }

    /** Answers with what the work gave or threw. */
    void complete() {
        if (outcome != null) {
            outcome.run();
        }
    }

    /** Answers with a failure, whatever the work gave. */
    void fail(Throwable why) {
        answer.completeExceptionally(why);
    }

    void refuse(Reason reason, String message) {
        answer.completeExceptionally(new VerificationException(reason, message));
    }
}
