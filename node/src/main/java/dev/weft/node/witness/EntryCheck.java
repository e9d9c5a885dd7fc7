package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror checks of each entry, in log order: that it is meant for this log, that whoever was admitted, suspended or
 * revoked was so by those who may, with their signatures, and that this member's own statements stand there once each and
 * in order. Signatures of others' statements are not checked: whoever relies on one checks it.
 */
final class EntryCheck {
    /** What an entry is to the mirror. */
    record Checked(OpenedEnvelope opened, boolean changesStanding, Optional<MirrorStore.Turn> own) {}

    private final MemberName self;
    private final OwnStatements statements;
    private final SecurityEvents events;
    private final Standing founding;
    private @Nullable Standing standing;
    private Optional<MirrorStore.Turn> own = Optional.empty();

    EntryCheck(MemberName self, OwnStatements statements, SecurityEvents events, Standing founding) {
        this.self = self;
        this.statements = statements;
        this.events = events;
        this.founding = founding;
    }

    /** A state that {@link #restore} goes back to. */
    record Saved(@Nullable Standing standing, Optional<MirrorStore.Turn> own) {}

    Saved save() {
        return new Saved(standing == null ? null : standing.copy(), own);
    }

    void restore(Saved saved) {
        standing = saved.standing();
        own = saved.own();
    }

    /** Members, keys and policies as the copy says; empty before entry 0 is in it. */
    Optional<Standing> standing() {
        return Optional.ofNullable(standing);
    }

    /** Takes up an entry that was checked when it came. */
    void fold(long index, ByteString entry) throws VerificationException {
        OpenedEnvelope opened = EnvelopeOpener.open(entry, founding.limits());
        if (index == 0) {
            standing = Standing.of(opened);
        } else {
            known().apply(index, opened);
        }
    }

    OpenedEnvelope opened(ByteString entry) throws VerificationException {
        return EnvelopeOpener.open(entry, founding.limits());
    }

    /** The entries by which the log is known to go on, whatever the copy says. */
    List<ByteString> continuations() {
        return founding.continuations();
    }

    void resumeAt(Optional<MirrorStore.Turn> lastOwn) {
        own = lastOwn;
    }

    /**
     * Checks the next entry.
     *
     * @throws VerificationException what rule of the log it breaks
     */
    Checked take(long index, ByteString entry) throws VerificationException {
        OpenedEnvelope opened = EnvelopeOpener.open(entry, founding.limits());
        if (index == 0) {
            genesis(opened);
            return new Checked(opened, true, Optional.empty());
        }
        if (opened.statement().predicate().orElse(null) instanceof Genesis) {
            // Root's word that the log goes on under another origin; it stands outside of root's turns.
            opened.verify(known().requiredKeys(opened));
            known().apply(index, opened);
            return new Checked(opened, true, Optional.empty());
        }
        Header header = opened.statement().header();
        if (!header.getFederation().equals(founding.federation().toByteString())
                || !header.getAudience().equals(known().origin())) {
            throw new VerificationException(Reason.WRONG_AUDIENCE, "It was not made for this log.");
        }
        boolean changes = changesStanding(opened.statement().predicate().orElse(null));
        if (changes) {
            standing(index, opened);
        }
        MemberName author = opened.statement().author();
        return new Checked(opened, changes, author.equals(self) ? Optional.of(own(index, opened)) : Optional.empty());
    }

    private void genesis(OpenedEnvelope opened) throws VerificationException {
        if (!opened.statement().id().equals(founding.federation())) {
            throw new VerificationException(Reason.WRONG_FEDERATION, "It is another federation's genesis.");
        }
        standing = Standing.of(opened);
    }

    private static boolean changesStanding(@Nullable Message predicate) {
        return predicate instanceof Membership
                || predicate instanceof Key
                || predicate instanceof Evidence
                || predicate instanceof Policy
                || predicate instanceof LinkKey;
    }

    private void standing(long index, OpenedEnvelope opened) throws VerificationException {
        Standing now = known();
        opened.verify(now.requiredKeys(opened));
        MemberName author = opened.statement().author();
        if (author.equals(MemberName.ROOT) || author.equals(MemberName.AGGREGATOR)) {
            // All that these two say changes standing, so their turns are known here; members' are not.
            IntakeRule.check(opened, now.author(author), now.federation(), now.origin(), List.of());
        }
        now.apply(index, opened);
    }

    private MirrorStore.Turn own(long index, OpenedEnvelope opened) throws VerificationException {
        Header header = opened.statement().header();
        MirrorStore.Turn turn = new MirrorStore.Turn(header.getIncarnation(), header.getSeq());
        boolean next = own.map(last -> turn.incarnation() == last.incarnation()
                        ? turn.seq() == last.seq() + 1
                        : turn.incarnation() == last.incarnation() + 1 && turn.seq() == 0)
                .orElse(turn.seq() == 0);
        if (!next) {
            throw new VerificationException(
                    Reason.OUT_OF_ORDER,
                    "This member's statement " + turn.seq() + " of incarnation " + turn.incarnation()
                            + " stands there out of order or twice.");
        }
        own = Optional.of(turn);
        if (!statements.areMine(opened.statement().id())) {
            events.raise(new SecurityEvent.ForeignStatement(index, turn.incarnation(), turn.seq()));
        }
        return turn;
    }

    private Standing known() throws VerificationException {
        Standing now = standing;
        if (now == null) {
            throw new VerificationException(Reason.LOG_CORRUPT, "The copy has no genesis.");
        }
        return now;
    }
}
