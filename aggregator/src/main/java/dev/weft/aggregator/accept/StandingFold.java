package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.log.LogView;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import java.sql.SQLException;
import java.util.List;

/** Folds the entries about members into a standing: at a start, and again at an older size where a dispute needs it. */
public final class StandingFold {
    private StandingFold() {}

    /** Whether an entry changes who may speak, beyond its own author's turn. */
    static boolean changesStanding(OpenedEnvelope entry) {
        return entry.statement()
                .predicate()
                .filter(p -> p instanceof Membership
                        || p instanceof Key
                        || p instanceof Evidence
                        || p instanceof Policy
                        || p instanceof LinkKey
                        || p instanceof Genesis)
                .isPresent();
    }

    /** Members and keys as they stand before the entry at {@code size}; authors' turns are not restored. */
    public static Standing at(LogStore log, StandingStore entries, long size)
            throws VerificationException, SQLException {
        return at(log, entries, size, TreeHead.EMPTY);
    }

    private static Standing at(LogStore log, StandingStore entries, long size, TreeHead anchored)
            throws VerificationException, SQLException {
        if (log.size() == 0) {
            throw new VerificationException(
                    Reason.LOG_CORRUPT, "The log has no genesis; run 'weft-aggregator init' in an empty directory.");
        }
        LogView view = TransparencyLog.view(log, anchored);
        Standing standing = Standing.of(EnvelopeOpener.open(log.entry(0)));
        for (long index : entries.entries()) {
            if (index == 0 || index >= size) {
                continue;
            }
            OpenedEnvelope entry = EnvelopeOpener.open(log.entry(index), standing.limits());
            if (index < anchored.size()) {
                view.inclusion(index, anchored.size()).verify(MerkleMath.leafHash(entry.bytes()), anchored);
                standing.reapply(index, entry);
            } else {
                standing.apply(index, entry);
            }
        }
        return standing;
    }

    /** As {@link #now(LogStore, StandingStore, List, TreeHead)}, every entry judged anew. */
    public static Standing now(LogStore log, StandingStore entries, List<SequenceStore.Last> last)
            throws VerificationException, SQLException {
        return now(log, entries, last, TreeHead.EMPTY);
    }

    /**
     * Standing and turns at the end of the log.
     *
     * @param last the last statement of each author
     * @param anchored a head that this log's own key has signed: what lies below it was judged when it was appended, and is
     *     proved to be the same bytes instead of being judged again
     */
    public static Standing now(LogStore log, StandingStore entries, List<SequenceStore.Last> last, TreeHead anchored)
            throws VerificationException, SQLException {
        Standing standing = at(log, entries, Long.MAX_VALUE, anchored);
        for (SequenceStore.Last statement : last) {
            OpenedEnvelope entry = EnvelopeOpener.open(log.entry(statement.index()), standing.limits());
            standing.restore(new MemberName(statement.author()), IntakeRule.after(entry.statement()));
        }
        return standing;
    }
}
