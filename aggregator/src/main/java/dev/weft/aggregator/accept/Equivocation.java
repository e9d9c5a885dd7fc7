package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.StandingStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.log.LogStore;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Header;
import java.sql.SQLException;

/**
 * Two different statements for one seq (docs/protocol.md section 4). Only a signature that is valid under the author's
 * keys in force at the first one's index makes it an equivocation: nobody is framed by a re-wrapped envelope, a key that
 * was not in force, or a statement meant for another log.
 */
final class Equivocation {
    private final LogStore log;
    private final StandingStore standings;

    Equivocation(LogStore log, StandingStore standings) {
        this.log = log;
        this.standings = standings;
    }

    /** Whether the log has this very statement at the index. */
    boolean isSame(OpenedEnvelope second, long index, Standing standing) throws VerificationException {
        return first(index, standing).statement().id().equals(second.statement().id());
    }

    /**
     * The evidence of an equivocation.
     *
     * @throws VerificationException {@link Reason#SEQ_TAKEN} where it is none; {@link Reason#QUARANTINED} where the key
     *     is in quarantine already
     */
    Evidence evidence(OpenedEnvelope second, long index, Standing standing) throws VerificationException, SQLException {
        Header header = second.statement().header();
        if (!header.getFederation().equals(standing.federation().toByteString())
                || !header.getAudience()
                        .equals(first(index, standing).statement().header().getAudience())) {
            // Also after the log went on under another origin: what is stated again for it is no second word.
            throw taken(header, index, "this one is for another log");
        }
        try {
            second.verifyAtLeast(StandingFold.at(log, standings, index).requiredKeys(second));
        } catch (VerificationException e) {
            throw taken(
                    header,
                    index,
                    "this one is not validly signed (" + e.reason().code() + ")");
        }
        if (standing.member(second.statement().author())
                .filter(member -> member.quarantinedAt().isPresent())
                .isPresent()) {
            throw new VerificationException(
                    Reason.QUARANTINED, "The key is in quarantine; only a rollover by the recovery key ends that.");
        }
        return Evidence.newBuilder()
                .setMember(header.getAuthor())
                .setIncarnation(header.getIncarnation())
                .setSeq(header.getSeq())
                .setFirstIndex(index)
                .setFirst(first(index, standing).statement().id().toByteString())
                .setSecond(second.statement().id().toByteString())
                .setSecondEnvelopeDigest(Hashing.sha256(second.bytes()).toByteString())
                .build();
    }

    private OpenedEnvelope first(long index, Standing standing) throws VerificationException {
        return EnvelopeOpener.open(log.entry(index), standing.limits());
    }

    private static VerificationException taken(Header header, long index, String why) {
        return new VerificationException(
                Reason.SEQ_TAKEN,
                "seq " + header.getSeq() + " of '" + header.getAuthor() + "' was taken by another statement at index "
                        + index + ", and " + why + "; continue after the last receipt.");
    }
}
