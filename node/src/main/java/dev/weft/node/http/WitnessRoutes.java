package dev.weft.node.http;

import com.google.protobuf.ByteString;
import dev.weft.node.witness.Witness;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.WitnessRequest;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CosignatureLines;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** This node as a plain C2SP tlog-witness v1.0.0 of the shared log: the same checks, the same memory, another door. */
public final class WitnessRoutes implements TlogRoutes {
    private static final int PATIENCE_SECONDS = 10;

    private final Witness witness;
    private final String origin;
    private final String originHash;

    /** @param origin of the shared log: the only one that this witness knows */
    public WitnessRoutes(Witness witness, String origin) {
        this.witness = witness;
        this.origin = origin;
        this.originHash =
                Hashing.sha256(origin.getBytes(StandardCharsets.UTF_8)).hex();
    }

    @Override
    public Map<String, Handler> gets() {
        return Map.of("/{origin}/checkpoint", this::last);
    }

    @Override
    public Map<String, Handler> posts() {
        return Map.of("/add-checkpoint", this::add);
    }

    /** As tlog-witness says: 404 another log, 403 not signed by it, 422 not proved. */
    @Override
    public int status(Reason reason) {
        return switch (reason) {
            case UNSIGNED_CHECKPOINT, BAD_SIGNATURE -> 403;
            case BAD_CONSISTENCY_PROOF, FORK, LOG_CORRUPT -> 422;
            default -> TlogRoutes.super.status(reason);
        };
    }

    private void add(Context ctx) throws IOException, VerificationException, InterruptedException {
        ByteString body = ByteString.copyFrom(ctx.req().getInputStream().readNBytes(WitnessRequest.MAX_BYTES + 1));
        WitnessRequest request = WitnessRequest.parse(body);
        String of = Checkpoint.parse(Note.parse(request.note()).text()).origin();
        if (!of.equals(origin)) {
            throw new VerificationException(Reason.UNKNOWN_LOG, "This witness knows the log " + origin + " alone.");
        }
        CosignatureLines answer = answer(request);
        if (!answer.getLines().isEmpty()) {
            TlogApi.bytes(ctx, "text/plain; charset=utf-8", "no-store", answer.getLines());
            return;
        }
        Reason reason = Reason.ofCode(answer.getReason()).orElse(Reason.INTERNAL);
        if (reason == Reason.LOG_MOVED) {
            if (request.oldSize() > answer.getSize()) {
                throw new VerificationException(Reason.MALFORMED, "The old size is above the checkpoint's.");
            }
            TlogApi.text(ctx, 409, Long.toString(answer.getWitnessed()));
            ctx.contentType("text/x.tlog.size");
            return;
        }
        TlogApi.text(ctx, status(reason), "The checkpoint was not cosigned: " + reason.code() + ".");
    }

    private CosignatureLines answer(WitnessRequest request) throws VerificationException, InterruptedException {
        try {
            return witness.cosign(AddCheckpoint.newBuilder()
                            .setOldSize(request.oldSize())
                            .addAllConsistency(request.proof())
                            .setNote(request.note())
                            .build())
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw new IllegalStateException("the witness failed", e);
        } catch (TimeoutException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE, "The copy of the log has not got there yet; send it again later.");
        }
    }

    private void last(Context ctx) throws VerificationException {
        ByteString note = witness.lastCosigned()
                .filter(found -> ctx.pathParam("origin").equals(originHash))
                .orElseThrow(
                        () -> new VerificationException(Reason.NOT_FOUND, "This witness has cosigned no such log."));
        TlogApi.bytes(ctx, "text/plain; charset=utf-8", "no-cache", note);
    }
}
