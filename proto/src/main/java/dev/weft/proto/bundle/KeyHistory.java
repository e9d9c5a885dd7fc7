package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.StatementFork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one author as the log's entries give them: each entry of the file is proved to be in the log, and passes the
 * rule of the place where it stands. Nobody is accused by a key that was not his there, or that he had given up since.
 */
final class KeyHistory {
    private final Standing standing;
    private final StatementFork fork;
    private final TreeHead head;
    private final List<Long> indexes = new ArrayList<>();
    private final OpenedEnvelope first;
    private final OpenedEnvelope second;
    private Standing atFirst;
    private @Nullable Standing atEvidence;

    private KeyHistory(Standing standing, StatementFork fork, TreeHead head) throws VerificationException {
        this.standing = standing;
        this.fork = fork;
        this.head = head;
        this.atFirst = standing;
        this.first = EnvelopeOpener.open(fork.getFirst().getEnvelope(), standing.limits());
        this.second = EnvelopeOpener.open(fork.getSecond(), standing.limits());
    }

    static KeyHistory of(ByteString genesis, StatementFork fork) throws VerificationException {
        Standing founded = LogKeys.genesis(genesis);
        FoundingEntry.apply(founded, founding(fork));
        Checkpoint checkpoint = LogKeys.open(founded, fork.getCheckpoint());
        KeyHistory history = new KeyHistory(LogKeys.genesis(genesis), fork, checkpoint.head());
        if (fork.getHistoryCount() == 0
                || fork.getHistory(0).getIndex() != 0
                || !fork.getHistory(0).getEnvelope().equals(genesis)) {
            throw new VerificationException(
                    Reason.MISSING_FIELD, "The fork proof does not show that its genesis is entry 0 of the log.");
        }
        history.fold();
        return history;
    }

    /** The entries by which the log went on or root required second signatures, as far as the file shows them. */
    private static List<FoundingEntry> founding(StatementFork fork) throws VerificationException {
        List<FoundingEntry> found = new ArrayList<>();
        List<ProvenEntry> shown = new ArrayList<>(fork.getHistoryList());
        shown.add(fork.getFirst());
        for (ProvenEntry entry : shown) {
            if (entry.getIndex() > 0
                    && FoundingEntry.isOne(
                            EnvelopeOpener.open(entry.getEnvelope()).statement())) {
                found.add(new FoundingEntry(entry.getIndex(), entry.getEnvelope()));
            }
        }
        return found;
    }

    /**
     * Both meant for the log as it was named where the first one stands, and by one author. After a continuation an author
     * states again, under the new name, what the old log lost: that is no second word.
     */
    private void checkAddresses() throws VerificationException {
        for (OpenedEnvelope opened : List.of(first, second)) {
            Header header = opened.statement().header();
            if (!header.getFederation().equals(standing.federation().toByteString())
                    || !header.getAudience().equals(standing.origin())) {
                throw Contradiction.nothing("a statement is for another log than the other one");
            }
        }
        if (!second.statement().author().equals(first.statement().author())) {
            throw Contradiction.nothing("the two statements are of different authors");
        }
    }

    private void fold() throws VerificationException {
        long before = -1;
        boolean passed = false;
        for (ProvenEntry entry : fork.getHistoryList()) {
            if (entry.getIndex() <= before || entry.getIndex() == firstIndex()) {
                throw new VerificationException(
                        Reason.NOT_CANONICAL, "The entries of a fork proof stand in log order, each once.");
            }
            before = entry.getIndex();
            if (!passed && entry.getIndex() > firstIndex()) {
                passFirst();
                passed = true;
            }
            include(entry);
            if (entry.getIndex() != 0) {
                apply(entry.getIndex(), EnvelopeOpener.open(entry.getEnvelope(), standing.limits()));
            }
        }
        if (!passed) {
            passFirst();
        }
    }

    private void passFirst() throws VerificationException {
        checkAddresses();
        include(fork.getFirst());
        atFirst = standing.copy();
        apply(firstIndex(), first);
    }

    private void include(ProvenEntry entry) throws VerificationException {
        Digest leaf = MerkleMath.leafHash(entry.getEnvelope());
        InclusionProof.parse(entry.getIndex(), head.size(), entry.getInclusionList())
                .verify(leaf, head);
        indexes.add(entry.getIndex());
    }

    private void apply(long index, OpenedEnvelope opened) throws VerificationException {
        opened.verify(standing.requiredKeys(opened));
        standing.apply(index, opened);
        boolean names = opened.statement().predicate().orElse(null) instanceof Evidence evidence
                && evidence.getSecond().equals(second.statement().id().toByteString());
        if (names) {
            atEvidence = standing.copy();
        }
    }

    /** The second one is signed as the first one's place asks for, by a key that was still its author's when it showed up. */
    void verifySecondAtFirst() throws VerificationException {
        requireBarePath();
        verify(atFirst);
        Standing then = atEvidence != null ? atEvidence : standing;
        MemberName author = first.statement().author();
        Optional<Member> before = atFirst.member(author);
        if (before.isPresent() && !stillHeld(before.get(), then.member(author).orElseThrow())) {
            throw Contradiction.nothing(
                    "the key was given up or revoked later, and who found it then may have signed the second one");
        }
    }

    /** A rotation gives up its own old key: even a second rotation beside it may be a finder's. */
    private static boolean stillHeld(Member before, Member now) {
        return now.revokedAt().isEmpty()
                && before.statementKey().equals(now.statementKey())
                && before.incarnation() == now.incarnation();
    }

    /** The second one is signed as an entry after all that the file shows would have to be. */
    void verifySecondAtEnd() throws VerificationException {
        verify(standing);
    }

    private void verify(Standing at) throws VerificationException {
        try {
            second.verifyAtLeast(at.requiredKeys(second));
        } catch (VerificationException e) {
            throw new VerificationException(
                    Reason.PROVES_NOTHING,
                    "This proves nothing: the second statement does not count against its author. " + e.getMessage(),
                    e);
        }
    }

    private void requireBarePath() throws VerificationException {
        Contradiction.requireBare(fork.getRoot(), fork.getPathList());
    }

    Standing standing() {
        return standing;
    }

    OpenedEnvelope first() {
        return first;
    }

    OpenedEnvelope second() {
        return second;
    }

    long firstIndex() {
        return fork.getFirst().getIndex();
    }

    /** Which entries the file shows, in words. */
    String entries() {
        return "the entries "
                + String.join(", ", indexes.stream().map(String::valueOf).toList());
    }
}
