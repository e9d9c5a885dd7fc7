package dev.weft.node.http;

import com.google.protobuf.ByteString;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.SharedLog;
import dev.weft.node.witness.Witness;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.TlogFiles;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Map;
import java.util.Optional;

/**
 * This node's copy of the shared log as plain C2SP tlog-tiles, as far as it gave a signed root. The checkpoint is the largest
 * final one that the copy reaches, else the one that was verified last.
 */
public final class MirrorRoutes implements TlogRoutes {
    private static final String FOREVER = "public, max-age=31536000, immutable";

    private final Witness witness;
    private final Finality finality;
    private final SharedLog sharedLog;

    public MirrorRoutes(Witness witness, Finality finality, SharedLog sharedLog) {
        this.witness = witness;
        this.finality = finality;
        this.sharedLog = sharedLog;
    }

    @Override
    public Map<String, Handler> gets() {
        return Map.of("/checkpoint", this::checkpoint, "/tile/<path>", this::tile, "/tlog-proof/{index}", this::proof);
    }

    @Override
    public Map<String, Handler> posts() {
        return Map.of();
    }

    private record Served(long size, ByteString note) {}

    private Served served() throws VerificationException {
        long copied = witness.copied();
        Optional<ByteString> cosigned = finality.served();
        long size = finality.finalSize();
        if (cosigned.isPresent() && size <= copied) {
            return new Served(size, cosigned.get());
        }
        return sharedLog
                .noteAt(copied)
                .map(note -> new Served(copied, note))
                .orElseThrow(() -> new VerificationException(
                        Reason.UNAVAILABLE, "The copy has not reached a signed checkpoint yet; ask again later."));
    }

    private void checkpoint(Context ctx) throws VerificationException {
        TlogApi.bytes(ctx, "text/plain; charset=utf-8", "no-cache", served().note());
    }

    private void tile(Context ctx) throws VerificationException {
        TlogApi.bytes(ctx, "application/octet-stream", FOREVER, files().tile("tile/" + ctx.pathParam("path")));
    }

    private void proof(Context ctx) throws VerificationException {
        String index = ctx.pathParam("index");
        if (!index.matches("0|[1-9]\\d{0,17}")) {
            throw new VerificationException(Reason.MALFORMED, "An index is a whole number without leading zeros.");
        }
        Served at = served();
        TlogApi.bytes(
                ctx,
                "text/plain; charset=utf-8",
                "no-cache",
                files().proof(Long.parseLong(index), at.note(), at.size()));
    }

    private TlogFiles files() throws VerificationException {
        return witness.copy()
                .orElseThrow(() -> new VerificationException(
                        Reason.UNAVAILABLE, "This node keeps no copy of the log; set witness.mode = mirror."));
    }
}
