package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The first of the two steps, on any thread and without the database: form, author, turn, signatures, openings. */
final class Check {
    private static final int LONGEST_PROOF = 128;

    private final Supplier<Standing> standing;
    private final Metrics metrics;
    private final SecurityEvents events;
    private final Signatures signatures;

    Check(Supplier<Standing> standing, Metrics metrics, SecurityEvents events) {
        this.standing = standing;
        this.metrics = metrics;
        this.events = events;
        this.signatures = new Signatures(events);
    }

    /**
     * Checks what came over a member's connection.
     *
     * @param ahead what it sent before; empty: nothing that is known of
     * @return a submission with its ground; without one where the seq was used before, which the append decides
     */
    Submission check(
            MemberName peer, dev.weft.proto.v1.Submission sent, Optional<Submission.Ahead> ahead, Outcome outcome)
            throws VerificationException {
        long start = System.nanoTime();
        try {
            Standing now = standing.get();
            OpenedEnvelope opened = EnvelopeOpener.open(sent.getEnvelope(), now.limits());
            Header header = opened.statement().header();
            requireAuthor(peer, header);
            if (header.getSeq() != sent.getSeq()) {
                throw new VerificationException(
                        Reason.MALFORMED, "The submission names another seq than its statement; name the same.");
            }
            List<Digest> siteProof = proof(sent.getSiteProofList());
            AuthorState logged = now.author(peer);
            AuthorState from = ahead.map(Submission.Ahead::turn)
                    .filter(turn -> isTurn(header, turn))
                    .orElse(logged);
            if (AppendRule.isEarlier(header, from)) {
                return new Submission(opened, siteProof, sent.getOpeningsList(), Optional.empty(), outcome);
            }
            AuthorState after;
            try {
                after = IntakeRule.check(opened, from, now.federation(), now.origin(), siteProof);
            } catch (VerificationException e) {
                if (e.reason() != Reason.SITE_PROOF_INVALID) {
                    throw e;
                }
                // Refused by the log's holder, who knows whether it proves that the site log was rewritten.
                OpeningCheck.check(sent.getOpeningsList(), opened.statement());
                return new Submission(opened, siteProof, sent.getOpeningsList(), Optional.empty(), outcome);
            }
            boolean verifiable =
                    ahead.filter(sentBefore -> sentBefore.changesKeys(logged)).isEmpty();
            if (verifiable) {
                signatures.verify(opened, now);
            }
            OpeningCheck.check(sent.getOpeningsList(), opened.statement());
            Submission.Checked checked = new Submission.Checked(
                    now.member(peer).orElseThrow(),
                    from,
                    after,
                    now.requirement().isPresent(),
                    verifiable);
            return new Submission(opened, siteProof, sent.getOpeningsList(), Optional.of(checked), outcome);
        } finally {
            metrics.spent(Metrics.Stage.CHECK, start);
        }
    }

    private void requireAuthor(MemberName peer, Header header) throws VerificationException {
        if (!header.getAuthor().equals(peer.value())) {
            events.raise(new SecurityEvent.Forgery(
                    peer.value(), Reason.CERTIFICATE_MISMATCH, "sent a statement of '" + header.getAuthor() + "'"));
            throw new VerificationException(
                    Reason.CERTIFICATE_MISMATCH,
                    "The statement's author is '" + header.getAuthor() + "', the connection's certificate is of '"
                            + peer + "'; each member delivers its own statements.");
        }
    }

    private static boolean isTurn(Header header, AuthorState turn) {
        return header.getIncarnation() == turn.incarnation() && header.getSeq() == turn.nextSeq();
    }

    private static List<Digest> proof(List<ByteString> hashes) throws VerificationException {
        if (hashes.size() > LONGEST_PROOF) {
            throw new VerificationException(
                    Reason.SITE_PROOF_INVALID, "A consistency proof has at most " + LONGEST_PROOF + " hashes.");
        }
        List<Digest> path = new ArrayList<>(hashes.size());
        for (ByteString hash : hashes) {
            path.add(Digest.parse(hash, "site proof"));
        }
        return path;
    }
}
