package dev.weft.node.deliver;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.Welcome;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where the shared log has this member: the aggregator's word, for who is about to recover.
 *
 * @param incarnation the newest that the log knows
 * @param nextSeq the first seq of it that the log does not hold
 */
public record LogPosition(int incarnation, long nextSeq) {

    /**
     * Asks over a stream that is dropped again.
     *
     * @throws VerificationException {@link Reason#UNAVAILABLE} where nobody answers or lets this node in
     */
    public static LogPosition ask(Peer peer, Hello hello, Duration patience) throws VerificationException {
        CompletableFuture<Welcome> welcomed = new CompletableFuture<>();
        ExchangeClient stream = ExchangeClient.open(peer.channel(), hello, Runnable::run, new Answer(welcomed));
        try {
            Welcome welcome = welcomed.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new LogPosition(welcome.getIncarnation(), welcome.getExpectedSeq());
        } catch (ExecutionException e) {
            throw unavailable(
                    peer, String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()));
        } catch (TimeoutException e) {
            throw unavailable(peer, "it does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(peer, "interrupted");
        } finally {
            stream.cancel("the position is known");
        }
    }

    private static VerificationException unavailable(Peer peer, String why) {
        return new VerificationException(
                Reason.UNAVAILABLE, "The aggregator at " + peer.address() + " cannot be asked: " + why + ".");
    }

    private record Answer(CompletableFuture<Welcome> welcomed) implements ExchangeClient.Listener {
        @Override
        public void received(ExchangeClient stream, AggregatorMessage message) {
            if (message.hasWelcome()) {
                welcomed.complete(message.getWelcome());
            } else if (message.hasGoodbye()) {
                welcomed.completeExceptionally(
                        new IllegalStateException(message.getGoodbye().getMessage()));
            }
        }

        @Override
        public void ready(ExchangeClient stream) {
            // The greeting was said; nothing else is.
        }

        @Override
        public void ended(ExchangeClient stream, Status status) {
            welcomed.completeExceptionally(new IllegalStateException(
                    status.getDescription() == null ? status.getCode().name() : status.getDescription()));
        }
    }
}
