package dev.weft.node.db;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.statement.AuthorState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers outside of the database, and outside of its backups, how far this membership's statements went: the node
 * commits, then writes its anchor, then sends. A database that was set back would sign a second statement for a number
 * that is taken; the anchor shows it, and then nothing is ever signed again in that incarnation.
 *
 * <p>Only statements below {@link #anchoredNextSeq()} may be sent.
 */
public final class NodeAnchor {

    private static final Logger LOG = LoggerFactory.getLogger(NodeAnchor.class);
    private static final String FILE = "node.anchor";

    /** Where the database says how far the statements go: the outbox. */
    @FunctionalInterface
    public interface StatementsSoFar {
        AuthorState read(Connection connection) throws SQLException;
    }

    /** Why nothing may be signed; the message says what to do. */
    public record Stopped(Reason reason, String message) {}

    private final AnchorFile file;
    private final GroupCommit writer;
    private final StatementsSoFar source;
    private final @Nullable Stopped stopped;
    private final AtomicBoolean retrying = new AtomicBoolean();
    private volatile AuthorState anchored;
    private volatile boolean failed;
    private volatile Runnable listener = () -> {};
    private boolean moved; // of the writer's thread

    private NodeAnchor(
            AnchorFile file, GroupCommit writer, StatementsSoFar source, @Nullable Stopped stopped, AuthorState start) {
        this.file = file;
        this.writer = writer;
        this.source = source;
        this.stopped = stopped;
        this.anchored = start;
    }

    /** As the other one, where the shared log has its first origin. */
    public static NodeAnchor open(NodeDatabase database, Digest federation, StatementsSoFar source)
            throws IOException, VerificationException {
        return open(database, federation, "", source);
    }

    /**
     * Compares the anchor with the database and says whether this incarnation may go on signing.
     *
     * @param log origin that the shared log goes on under; empty for its first one
     */
    public static NodeAnchor open(NodeDatabase database, Digest federation, String log, StatementsSoFar source)
            throws IOException, VerificationException {
        AnchorFile file = new AnchorFile(database.file().resolveSibling(FILE), federation, log);
        NodeAnchor anchor = database.write(connection -> open(connection, file, database.writer(), source));
        database.add(anchor.new Hook());
        return anchor;
    }

    private static NodeAnchor open(Connection connection, AnchorFile file, GroupCommit writer, StatementsSoFar source)
            throws SQLException, IOException {
        AuthorState database = source.read(connection);
        boolean lost = AnchorStore.wasAnchored(connection, database.incarnation());
        Optional<AuthorState> there;
        try {
            there = file.read();
        } catch (IOException e) {
            LOG.warn("{}", e.getMessage());
            there = Optional.empty();
            lost = true;
        }
        Stopped stopped = judge(file.path(), there, database, lost);
        if (stopped != null) {
            LOG.error("{}: {}", stopped.reason().code(), stopped.message());
            return new NodeAnchor(file, writer, source, stopped, there.orElse(database));
        }
        // The file first: a crash before the row is committed finds the file, and the row is made then.
        if (!there.equals(Optional.of(database))) {
            file.write(database);
        }
        AnchorStore.anchored(connection, database.incarnation());
        return new NodeAnchor(file, writer, source, null, database);
    }

    private static @Nullable Stopped judge(
            Path path, Optional<AuthorState> anchor, AuthorState database, boolean lost) {
        if (anchor.isEmpty() || anchor.get().incarnation() < database.incarnation()) {
            return lost
                    ? new Stopped(
                            Reason.ANCHOR_MISSING,
                            "%s is missing, so nobody can say what was signed before: put it back if it was moved, else run: weft-node recover; until then records are kept and nothing is signed"
                                    .formatted(path))
                    : null;
        }
        AuthorState known = anchor.get();
        boolean ahead = known.incarnation() > database.incarnation()
                || known.nextSeq() > database.nextSeq()
                || known.siteHead().size() > database.siteHead().size();
        boolean different = known.nextSeq() == database.nextSeq() && !known.equals(database);
        return ahead || different
                ? new Stopped(
                        Reason.ANCHOR_AHEAD,
                        "%s knows statement %d of incarnation %d, which this database does not hold (it ends before %d): restore the newer database, else run: weft-node recover; until then records are kept and nothing is signed"
                                .formatted(path, known.nextSeq() - 1, known.incarnation(), database.nextSeq()))
                : null;
    }

    /** Why nothing may be signed, if so. */
    public Optional<Stopped> stopped() {
        return Optional.ofNullable(stopped);
    }

    /** With another reason why nothing may be signed, where it has none of its own. To be asked before anything else is. */
    public NodeAnchor stoppedBy(Optional<Stopped> other) {
        if (stopped != null || other.isEmpty()) {
            return this;
        }
        LOG.error("{}: {}", other.get().reason().code(), other.get().message());
        return new NodeAnchor(file, writer, source, other.get(), anchored);
    }

    /** Refuses where nothing may be signed. */
    public void requireSigning() throws VerificationException {
        if (stopped != null) {
            throw new VerificationException(stopped.reason(), stopped.message());
        }
    }

    /** The first own statement that the anchor does not cover yet. */
    public long anchoredNextSeq() {
        if (failed && retrying.compareAndSet(false, true)) {
            // An empty work: its commit brings the hook around again.
            var unused = writer.submit(connection -> true).whenComplete((done, why) -> retrying.set(false));
        }
        return anchored.nextSeq();
    }

    /** What the anchor file says. */
    public AuthorState anchored() {
        return anchored;
    }

    /** Is called, on the writer's thread, after the anchor moved: for whoever sends. */
    public void onMove(Runnable wake) {
        this.listener = wake;
    }

    /** Says that this transaction signs something. On the writer's thread. */
    public void signing() {
        moved = true;
    }

    private final class Hook implements NodeDatabase.Hook {
        /** A crash before this leaves committed statements that nobody has seen: the next start anchors them. */
        @Override
        public void committed(Connection connection) throws SQLException {
            if (!moved) {
                return;
            }
            AuthorState now = source.read(connection); // what is committed, not what was tried
            try {
                if (!now.equals(anchored)) {
                    file.write(now);
                    anchored = now;
                    listener.run();
                }
                moved = false;
                failed = false;
            } catch (IOException e) {
                failed = true; // nothing of it is sent; the next commit tries again
                LOG.error("the anchor {} could not be written, statements wait: {}", file.path(), e.getMessage());
            }
        }
    }
}
