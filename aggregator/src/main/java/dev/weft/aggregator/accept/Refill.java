package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.recover.EntrySource;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.Rollback;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts entries back that the log had: from others' copies, up to a head that the log's own key signed, and only if they
 * come to exactly that head. What lay beside them (openings, site proofs, second envelopes) is in no mirror and stays
 * lost.
 */
public final class Refill {
    /** What belongs into the same transaction. */
    @FunctionalInterface
    public interface Last {
        void write() throws VerificationException, SQLException;
    }

    private final LogHolding holding;
    private final TreeHead target;
    private final Last last;

    /**
     * Fills a log.
     *
     * @param target signed by the log's key, larger than what the log holds
     * @param last runs when the log is whole, before the commit
     */
    public Refill(LogHolding holding, TreeHead target, Last last) {
        this.holding = holding;
        this.target = target;
        this.last = last;
    }

    /**
     * Tries each source by itself, then all of them in turn; commits what reaches the target, and nothing else.
     *
     * @throws VerificationException {@link Reason#NOT_FOUND} where none does; the sentence says how far each came
     */
    public void run(List<? extends EntrySource> sources) throws VerificationException, SQLException {
        List<String> failures = new ArrayList<>();
        List<List<? extends EntrySource>> attempts = new ArrayList<>();
        sources.forEach(source -> attempts.add(List.of(source)));
        if (sources.size() > 1) {
            attempts.add(sources);
        }
        for (List<? extends EntrySource> attempt : attempts) {
            String names =
                    String.join(" and ", attempt.stream().map(EntrySource::name).toList());
            try {
                String failure = fill(attempt);
                if (failure.isEmpty()) {
                    last.write();
                    // A crash before this line leaves the database as it was; after it the whole log up to the target.
                    holding.writer().commit();
                    return;
                }
                failures.add(names + " " + failure);
            } catch (IOException | VerificationException e) {
                failures.add(names + ": " + e.getMessage());
            }
            undo();
        }
        throw new VerificationException(
                Reason.NOT_FOUND,
                "No source gives the log up to " + target.size() + " entries with root " + target.root() + ": "
                        + String.join("; ", failures) + ". Name other mirrors or backups with --from.");
    }

    /** Why these sources do not reach the target; empty where they do. */
    private String fill(List<? extends EntrySource> sources) throws IOException, VerificationException, SQLException {
        for (EntrySource source : sources) {
            boolean more = true;
            while (more && size() < target.size()) {
                List<ByteString> found = source.entries(size(), target.size());
                more = !found.isEmpty();
                append(found.subList(0, (int) Math.min(found.size(), target.size() - size())));
            }
        }
        if (size() < target.size()) {
            return "ends at entry " + size();
        }
        return holding.log().head().equals(target)
                ? ""
                : "comes to another root, " + holding.log().head().root();
    }

    private void append(List<ByteString> entries) throws VerificationException, SQLException {
        long index = size();
        TreeHead unused = holding.log().append(entries);
        for (ByteString entry : entries) {
            OpenedEnvelope opened = EnvelopeOpener.open(entry);
            Header header = opened.statement().header();
            if (index == 0 || !(opened.statement().predicate().orElse(null) instanceof Genesis)) {
                // A genesis that continues a log stands outside of root's sequence.
                holding.sequences().add(header.getAuthor(), header.getIncarnation(), header.getSeq(), index);
            }
            if (StandingFold.changesStanding(opened)) {
                holding.standings().addEntry(index);
            }
            index++;
        }
        holding.sequences().flush();
    }

    private long size() {
        return holding.log().head().size();
    }

    private void undo() throws SQLException {
        Rollback.of(holding.writer());
        holding.log().rolledBack();
        holding.sequences().rolledBack();
    }
}
