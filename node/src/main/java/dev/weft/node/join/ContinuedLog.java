package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.LogMoveStore;
import dev.weft.node.deliver.Outbox;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.FoundingEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes up, into {@code identity.json}, that the shared log goes on under another origin. Root's signatures prove it, and
 * the federation's first genesis names root's keys: the aggregator's word counts for nothing but the own next seq.
 */
public final class ContinuedLog {
    private final NodeDirectory files;

    public ContinuedLog(Path directory) {
        this.files = new NodeDirectory(directory);
    }

    /**
     * Takes it up. A crash leaves the identity of the old log or of the new one.
     *
     * @param continuations all that the log has had, in order, those known here first
     * @param expectedSeq the first own seq of this incarnation that the log does not hold
     * @param required root's statement that requires second signatures, where the log holds one
     * @return where it goes on
     * @throws VerificationException {@link Reason#UNKNOWN_LOG} where they do not continue the log known here, what is wrong
     *     with a signature, or {@link Reason#NOT_ENROLLED} or {@link Reason#BAD_KEY} where the membership itself, or a
     *     change of its keys, lay above the head
     */
    public LogMoveStore.Move take(List<ByteString> continuations, long expectedSeq, Optional<FoundingEntry> required)
            throws IOException, VerificationException {
        NodeIdentity identity = NodeIdentity.load(files.root());
        Enrolled enrolled = Enrolled.fromJson(Files.readString(files.identity()));
        List<ByteString> known =
                enrolled.moved().stream().map(Enrolled.Moved::genesis).toList();
        if (continuations.size() <= known.size()
                || !continuations.subList(0, known.size()).equals(known)) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The aggregator keeps another log than the one that is known here, and proves no continuation of it;"
                            + " check its address, and call root.");
        }
        List<ByteString> next = continuations.subList(known.size(), continuations.size());
        List<FoundingEntry> changes = new ArrayList<>();
        for (ByteString genesis : next) {
            changes.add(new FoundingEntry(Continuations.index(genesis), genesis));
        }
        // What root required above the head that the new log begins with is required no more, until root says so again.
        long head = Continuations.index(next.get(0));
        Optional<FoundingEntry> below = required.or(enrolled::required).filter(entry -> entry.index() < head);
        FoundingEntry.apply(enrolled.requiring(below).founding(), changes);
        List<Enrolled.Moved> moved = new ArrayList<>(enrolled.moved());
        for (ByteString genesis : next) {
            if (Continuations.index(genesis) <= enrolled.index()) {
                throw new VerificationException(
                        Reason.NOT_ENROLLED,
                        "The log goes on from before this membership's entry: ask for a new invitation.");
            }
            moved.add(new Enrolled.Moved(genesis, identity.incarnation(), expectedSeq));
        }
        if (identity.keyHistory().lastChange() >= expectedSeq) {
            throw new VerificationException(
                    Reason.BAD_KEY,
                    "The log goes on from before the last change of this member's keys, and the keys before it are gone:"
                            + " ask for a new invitation under another name.");
        }
        Enrolled after = enrolled.requiring(below).with(moved);
        PrivateFiles.write(files.identity(), after.toJson());
        return after.lastMove().orElseThrow();
    }

    /**
     * Takes the tables over to the log as it goes on, where that is still to be done, and opens the anchor for it. Where the
     * anchor for the old log did not fit, nothing is signed for the new one either.
     */
    public static NodeAnchor anchor(NodeDatabase database, NodeIdentity identity, Outbox outbox, Instant now)
            throws IOException, VerificationException {
        Optional<LogMoveStore.Move> move = identity.lastMove();
        if (move.isPresent() && !database.write(connection -> LogMoveStore.isDone(connection, move.get()))) {
            boolean sound = NodeAnchor.open(
                            database, identity.federation(), identity.originBefore(), outbox::authorState)
                    .stopped()
                    .isEmpty();
            boolean unused = database.write(connection -> {
                LogMoveStore.run(connection, move.get(), sound, now);
                return true;
            });
        }
        String log = move.map(LogMoveStore.Move::origin).orElse("");
        return NodeAnchor.open(database, identity.federation(), log, outbox::authorState);
    }
}
