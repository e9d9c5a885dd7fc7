package dev.weft.aggregator.accept;

import dev.weft.proto.VerificationException;
import java.util.concurrent.CompletableFuture;

/** An outcome that somebody waits for. */
final class FutureOutcome implements Outcome {
    private final CompletableFuture<Accepted> future = new CompletableFuture<>();

    CompletableFuture<Accepted> future() {
        return future;
    }

    @Override
    public void appended(long index) {
        future.complete(new Accepted(index));
    }

    @Override
    public void refused(VerificationException why, long expectedSeq) {
        future.completeExceptionally(why);
    }
}
