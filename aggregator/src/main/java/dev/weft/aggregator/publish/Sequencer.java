package dev.weft.aggregator.publish;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.log.Anchor;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.AnchoredHead;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteSigner;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs heads and moves the anchor: steps 2 to 4 of docs/protocol.md section 5. Runs on the thread that holds the log.
 */
public final class Sequencer {
    private final TransparencyLog log;
    private final LogStore readers;
    private final Anchor anchor;
    private final String origin;
    private NoteSigner signer;
    private final Metrics metrics;
    private final Published published = new Published();
    private Optional<AnchoredHead> anchored;
    /** Written to the anchor without an answer: it may or may not have persisted. */
    private @Nullable AnchoredHead attempted;

    /**
     * What the sequencer works on.
     *
     * @param log the one that is appended to
     * @param readers the same log for any thread
     */
    public record Parts(TransparencyLog log, LogStore readers, Anchor anchor, String origin, NoteSigner signer) {}

    private Sequencer(Parts parts, Metrics metrics, Optional<AnchoredHead> anchored) {
        this.log = parts.log();
        this.readers = parts.readers();
        this.anchor = parts.anchor();
        this.origin = parts.origin();
        this.signer = parts.signer();
        this.metrics = metrics;
        this.anchored = anchored;
    }

    /**
     * Compares log and anchor, and refuses to sign where they do not fit. Publishes nothing yet: {@link #publish}
     * continues at step 2 after a crash that followed step 1, and republishes the anchor's note after one that followed
     * step 3.
     *
     * @throws VerificationException {@link Reason#ANCHOR_MISSING}, {@link Reason#ANCHOR_AHEAD} or {@link
     *     Reason#ANCHOR_MISMATCH}
     */
    public static Sequencer start(Parts parts, Metrics metrics) throws VerificationException, IOException {
        Optional<AnchoredHead> anchored = parts.anchor().read();
        TreeHead stored = parts.log().head();
        if (anchored.isPresent()) {
            compare(parts, anchored.get(), stored);
        } else if (!stored.isEmpty()) {
            throw refuse(
                    Reason.ANCHOR_MISSING,
                    "the log has " + stored.size() + " entries and no anchor",
                    "put the anchor file back; if it is lost for good this log is never signed again: go on in a"
                            + " new one with 'weft-aggregator recover --continue'");
        }
        return new Sequencer(parts, metrics, anchored);
    }

    private static void compare(Parts parts, AnchoredHead anchored, TreeHead stored) throws VerificationException {
        TreeHead head = anchored.head();
        if (!anchored.origin().equals(parts.origin())) {
            throw refuse(
                    Reason.ANCHOR_MISMATCH,
                    "the anchor is of log " + anchored.origin() + ", the database of " + parts.origin(),
                    "put the right anchor file back");
        }
        // The note is published as it stands there, so it must be one that this log's key has signed.
        Checkpoint signed = Checkpoint.open(anchored.note(), parts.signer().verifier());
        if (!signed.head().equals(head) || !signed.origin().equals(parts.origin())) {
            throw refuse(Reason.ANCHOR_MISMATCH, "the anchor's note says another head", "put the anchor file back");
        }
        if (head.size() > stored.size()) {
            throw refuse(
                    Reason.ANCHOR_AHEAD,
                    "the anchor stands at " + head.size() + " entries, the database has " + stored.size(),
                    "an older database was restored: keep the anchor, and refill the database from mirrors or newer backups"
                            + " with 'weft-aggregator recover --from ...'");
        }
        if (!Frontier.from(parts.log().reader(), head.size()).head().equals(head)) {
            throw refuse(
                    Reason.ANCHOR_MISMATCH,
                    "the database has another root at size " + head.size() + " than the anchor",
                    "entries were changed: refill a new database with 'weft-aggregator recover --set-aside --from ...'");
        }
    }

    /** Checkpoints from that size on carry a second signature. */
    public void signTwice(MlDsaSigningKey second, long firstSize) {
        signer = signer.withSecond(second, firstSize);
    }

    public Published published() {
        return published;
    }

    /** The last head that may have left; empty before the first. */
    public TreeHead anchored() {
        return anchored.map(AnchoredHead::head).orElse(TreeHead.EMPTY);
    }

    /**
     * Makes a committed head public: recomputes, signs, anchors, publishes. May be called again after an {@link
     * IOException}, which leaves nothing published.
     *
     * @throws VerificationException {@link Reason#LOG_CORRUPT} if the persisted bytes give another root: nothing is signed
     * @throws AnchorLostException if another process moved the anchor: the signature is dropped, this process must stop
     */
    public PublishedHead publish(TreeHead committed) throws VerificationException, AnchorLostException, IOException {
        settle();
        if (anchored.isPresent() && anchored.get().head().equals(committed)) {
            // After a crash that followed step 3: what the anchor holds is what was signed, and is published again.
            return leave(committed, anchored.get().note());
        }
        if (!log.recomputeFromStore(anchored().size()).equals(committed)) {
            throw refuse(
                    Reason.LOG_CORRUPT,
                    "the persisted entries give another root than the appended ones at size " + committed.size(),
                    "stop, and check disk and memory of this machine");
        }
        ByteString note = Checkpoint.sign(new Checkpoint(origin, committed), signer);
        // A crash here loses a signature that nobody has seen; the start continues at step 2 and signs the same bytes.
        AnchoredHead next = new AnchoredHead(origin, committed, note);
        attempted = next;
        anchor.compareAndSet(anchored, next);
        attempted = null;
        anchored = Optional.of(next);
        // A crash here leaves an anchor whose note nobody has seen; the start publishes that note.
        return leave(committed, note);
    }

    private PublishedHead leave(TreeHead head, ByteString note) {
        PublishedHead next =
                new PublishedHead(new Checkpoint(origin, head), note, log.view().over(readers));
        metrics.published(head.size());
        published.set(next);
        return next;
    }

    /** Finds out whether an anchor write that failed has persisted: either is fine, a third thing is not. */
    private void settle() throws IOException, AnchorLostException {
        AnchoredHead tried = attempted;
        if (tried == null) {
            return;
        }
        Optional<AnchoredHead> found = anchor.read();
        if (found.isPresent() && found.get().equals(tried)) {
            anchored = found;
        } else if (!found.equals(anchored)) {
            throw new AnchorLostException("the anchor was moved by another process; stop both and compare");
        }
        attempted = null;
    }

    private static VerificationException refuse(Reason reason, String what, String todo) {
        return new VerificationException(reason, "Refusing to sign: " + what + "; " + todo + ".");
    }
}
