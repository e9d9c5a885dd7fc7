package dev.weft.aggregator.publish;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessRequest;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A witness that the operator configured by URL and key, asked by C2SP tlog-witness add-checkpoint. Not more often than once
 * a second, and ever more rarely while it fails. What it answers counts only as far as the policy names its key.
 */
public final class OutsideWitness {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long APART_MILLIS = 1_000;
    private static final long LONGEST_MILLIS = 60_000;

    private final NoteVerifier verifier;
    private final URI addCheckpoint;
    private final HttpClient client;
    private Cosigning.@Nullable Seat seat;
    private int failures;
    private long witnessed;
    private long lastNanos;

    /**
     * A witness's key and address.
     *
     * @param url prefix before {@code /add-checkpoint}
     */
    public record Address(NoteVerifier verifier, URI url) {}

    private OutsideWitness(Address address, HttpClient client) {
        this.verifier = address.verifier();
        this.addCheckpoint = URI.create(address.url().toString().replaceAll("/+$", "") + "/add-checkpoint");
        this.client = client;
        this.lastNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(APART_MILLIS);
    }

    /** Begins to ask a witness for whatever the policy needs of it. */
    public static void join(Address address, Cosigning cosigning) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        OutsideWitness witness = new OutsideWitness(address, client);
        witness.sit(cosigning);
    }

    private synchronized void sit(Cosigning cosigning) {
        seat = cosigning.join(verifier.name(), "outside", 0, (request, head) -> ask(request, head.size()));
    }

    private void ask(AddCheckpoint request, long size) {
        Executor later = CompletableFuture.delayedExecutor(pause(), TimeUnit.MILLISECONDS);
        var unused = CompletableFuture.supplyAsync(() -> request(request), later)
                .thenCompose(body -> client.sendAsync(body, HttpResponse.BodyHandlers.ofInputStream()))
                .thenApply(answer -> read(answer, size))
                .exceptionally(problem -> failed(size, Reason.UNAVAILABLE))
                .thenAccept(this::tell);
    }

    private synchronized long pause() {
        long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastNanos);
        long apart = failures == 0 ? APART_MILLIS : Math.min(LONGEST_MILLIS, APART_MILLIS << Math.min(failures, 6));
        return Math.max(0, apart - since);
    }

    private HttpRequest request(AddCheckpoint request) {
        synchronized (this) {
            lastNanos = System.nanoTime();
        }
        byte[] body = new WitnessRequest(request.getOldSize(), request.getConsistencyList(), request.getNote())
                .encode()
                .toByteArray();
        return HttpRequest.newBuilder(addCheckpoint)
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private CosignatureLines read(HttpResponse<InputStream> answer, long size) {
        try (InputStream in = answer.body()) {
            ByteString body = ByteString.copyFrom(in.readNBytes(Note.MAX_BYTES));
            return switch (answer.statusCode()) {
                case 200 -> lines(size, body);
                case 409 ->
                    conflict(size, body.toString(StandardCharsets.US_ASCII).strip());
                case 403, 404 -> failed(size, Reason.UNKNOWN_LOG);
                case 422 -> failed(size, Reason.BAD_CONSISTENCY_PROOF);
                default -> failed(size, Reason.UNAVAILABLE);
            };
        } catch (IOException e) {
            return failed(size, Reason.UNAVAILABLE);
        }
    }

    private synchronized CosignatureLines lines(long size, ByteString lines) {
        failures = 0;
        witnessed = size;
        return CosignatureLines.newBuilder()
                .setSize(size)
                .setLines(lines)
                .setWitnessed(size)
                .build();
    }

    /** It says which size it cosigned last: asked again from there. */
    private synchronized CosignatureLines conflict(long size, String known) {
        if (!known.matches("0|[1-9]\\d{0,17}")) {
            return failed(size, Reason.MALFORMED);
        }
        failures = 0;
        witnessed = Long.parseLong(known);
        return CosignatureLines.newBuilder()
                .setSize(size)
                .setReason(Reason.LOG_MOVED.code())
                .setWitnessed(witnessed)
                .build();
    }

    private synchronized CosignatureLines failed(long size, Reason reason) {
        failures++;
        return CosignatureLines.newBuilder()
                .setSize(size)
                .setReason(reason.code())
                .setWitnessed(witnessed)
                .build();
    }

    private synchronized void tell(CosignatureLines answer) {
        if (seat != null) {
            seat.answered(answer);
        }
    }
}
