package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkProofWriter;
import dev.weft.proto.bundle.ShownLog;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Header;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows to anybody what a member signed twice: each as a file beside the log, verified before it is written, so that nobody
 * is accused by a statement that is not validly his. For the thread that holds the log, after what it appended is public.
 */
final class MemberForks {
    private static final Logger log = LoggerFactory.getLogger(MemberForks.class);

    private final LogHolding holding;
    private final Published published;
    private final ForkFolder folder;
    private final SecurityEvents events;

    MemberForks(LogHolding holding, Published published, ForkFolder folder, SecurityEvents events) {
        this.holding = holding;
        this.published = published;
        this.folder = folder;
        this.events = events;
    }

    /** Proofs behind which a crash came before their file. */
    void catchUp() throws SQLException, VerificationException {
        for (long index : holding.standings().secondEnvelopes()) {
            OpenedEnvelope entry = EnvelopeOpener.open(holding.store().entry(index));
            if (entry.statement().predicate().orElse(null) instanceof Evidence evidence) {
                Optional<Path> unused =
                        kept(evidence, holding.standings().secondEnvelope(index).orElseThrow());
            }
        }
    }

    /** None where nothing is proved to others any more, as when the key was given up since; the evidence stands. */
    private Optional<Path> kept(Evidence evidence, ByteString second) {
        try {
            return write(evidence, second);
        } catch (SQLException | VerificationException e) {
            log.error("the equivocation of '{}' cannot be shown to others: {}", evidence.getMember(), e.getMessage());
            return Optional.empty();
        }
    }

    /** The evidence is in the log: its file, and the event. */
    void equivocation(Evidence evidence, ByteString second, long index) {
        Optional<Path> file = kept(evidence, second);
        events.raise(new SecurityEvent.Equivocation(
                evidence.getMember(),
                evidence.getIncarnation(),
                evidence.getSeq(),
                evidence.getFirstIndex(),
                index,
                file.map(Path::toString)));
    }

    private Optional<Path> write(Evidence evidence, ByteString second) throws SQLException, VerificationException {
        String name =
                "equivocation-" + evidence.getMember() + "-" + evidence.getIncarnation() + "-" + evidence.getSeq();
        Optional<Path> there = folder.find(name);
        return there.isPresent()
                ? there
                : folder.keep(name, ForkProofWriter.equivocation(shown(), evidence.getFirstIndex(), second));
    }

    /**
     * A statement was refused because its site log does not continue the one before: where the two heads, or the path sent
     * along, show that the past was rewritten, its author's signature proves it.
     *
     * @param standing after what is public
     */
    void refusedSite(Submission submission, Standing standing) {
        OpenedEnvelope opened = submission.opened();
        Header header = opened.statement().header();
        try {
            AuthorState before = standing.author(opened.statement().author());
            boolean next = header.getIncarnation() == before.incarnation() && header.getSeq() == before.nextSeq();
            Optional<Rewritten> rewritten = next
                    ? rewritten(before.siteHead(), TreeHead.of(header.getSiteHead()), submission.siteProof())
                    : Optional.empty();
            OptionalLong first =
                    holding.sequences().find(header.getAuthor(), header.getIncarnation(), header.getSeq() - 1);
            if (rewritten.isPresent() && first.isPresent()) {
                opened.verify(standing.requiredKeys(opened));
                accuse(header, opened.bytes(), first.getAsLong(), rewritten.get());
            }
        } catch (VerificationException e) {
            // Not validly signed: it says nothing about the member whose name it bears.
            log.debug("no proof against '{}': {}", header.getAuthor(), e.getMessage());
        } catch (SQLException e) {
            log.error("the log cannot be read for a proof against '{}': {}", header.getAuthor(), e.toString());
        }
    }

    private void accuse(Header header, ByteString second, long first, Rewritten rewritten)
            throws SQLException, VerificationException {
        String name = "site-" + header.getAuthor() + "-" + header.getIncarnation() + "-" + header.getSeq();
        if (folder.find(name).isPresent()) {
            return; // one is enough, however often it is sent
        }
        ForkProof proof = ForkProofWriter.site(shown(), first, second, rewritten.root(), rewritten.path());
        Optional<Path> file = folder.keep(name, proof);
        events.raise(new SecurityEvent.SiteForked(
                header.getAuthor(), header.getIncarnation(), header.getSeq(), first, file.map(Path::toString)));
    }

    /** What shows that one site log cannot have both heads; root and path are empty where the heads do by themselves. */
    private record Rewritten(ByteString root, List<ByteString> path) {}

    private static Optional<Rewritten> rewritten(TreeHead before, TreeHead now, List<Digest> path) {
        boolean back = now.size() < before.size();
        boolean another = now.size() == before.size() && !now.equals(before);
        if (back || another) {
            return Optional.of(new Rewritten(ByteString.EMPTY, List.of()));
        }
        ConsistencyProof proof = new ConsistencyProof(before.size(), now.size(), path);
        return proof.olderRoot(now)
                .filter(root -> !root.equals(before.root()))
                .map(root -> new Rewritten(root.toByteString(), proof.toProto()));
    }

    private ShownLog shown() throws SQLException, VerificationException {
        PublishedHead head = published.current();
        return ShownLog.at(
                head.note(),
                head.log(),
                (first, count) -> holding.store().entries(first, count),
                holding.standings().entries());
    }
}
