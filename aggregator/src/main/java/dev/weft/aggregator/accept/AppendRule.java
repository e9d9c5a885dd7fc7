package dev.weft.aggregator.accept;

import dev.weft.aggregator.db.SequenceStore;
import dev.weft.proto.VerificationException;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What becomes of a statement at the index that it would get: the check's word counts only as long as member, keys and
 * turn are the same, else everything is looked at again.
 */
final class AppendRule {
    /** What to do with a statement that is not refused. */
    sealed interface Verdict {
        /** It is its author's next one. */
        record Next() implements Verdict {}

        /** Its seq was taken by an entry of the log. */
        record Taken(long index) implements Verdict {}

        /** Its seq was taken by an entry of the batch that is being made: ask again after its commit. */
        record Later() implements Verdict {}
    }

    private final SequenceStore sequences;
    private final Signatures signatures;

    AppendRule(SequenceStore sequences, Signatures signatures) {
        this.sequences = sequences;
        this.signatures = signatures;
    }

    Verdict judge(Submission submission, Standing standing) throws VerificationException, SQLException {
        OpenedEnvelope opened = submission.opened();
        Header header = opened.statement().header();
        AuthorState now = standing.author(opened.statement().author());
        if (isEarlier(header, now)) {
            OptionalLong index = sequences.find(header.getAuthor(), header.getIncarnation(), header.getSeq());
            return index.isPresent() ? new Verdict.Taken(index.getAsLong()) : new Verdict.Later();
        }
        if (!stillGood(submission.checked(), opened, standing, now)) {
            IntakeRule.check(opened, now, standing.federation(), standing.origin(), submission.siteProof());
            signatures.verify(opened, standing);
        }
        return new Verdict.Next();
    }

    /** Whether the author has made a statement of that incarnation and seq already. */
    static boolean isEarlier(Header header, AuthorState now) {
        int order = Integer.compareUnsigned(header.getIncarnation(), now.incarnation());
        return order < 0 || (order == 0 && Long.compareUnsigned(header.getSeq(), now.nextSeq()) < 0);
    }

    @SuppressWarnings("ReferenceEquality") // see below; comparing every key of both would cost more than it saves
    private static boolean stillGood(
            Optional<Submission.Checked> checked, OpenedEnvelope opened, Standing standing, AuthorState now) {
        if (checked.isEmpty() || opened.statement().predicate().orElse(null) instanceof Key) {
            return false;
        }
        Submission.Checked ground = checked.get();
        // A member is replaced, never changed: the same object says that keys and standing are the same.
        return ground.verified()
                && standing.member(ground.member().name()).orElse(null) == ground.member()
                && standing.requirement().isPresent() == ground.signedTwice()
                && ground.before().equals(now);
    }
}
