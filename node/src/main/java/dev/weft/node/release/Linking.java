package dev.weft.node.release;

import com.google.protobuf.Message;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Origin;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Release.State;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.LinkKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What the site says because of a linking key: that it made one, and by which new names its artifacts go. */
public final class Linking {
    private static final int AT_ONCE = 200;

    private final Releaser releaser;

    /** Over the release step whose keys these are. */
    public Linking(Releaser releaser) {
        this.releaser = releaser;
    }

    /** Takes a person's decision about a linking key into the site's log; gives the record. */
    public long decided(Transaction transaction, LinkDecision decision) throws SQLException, VerificationException {
        return transaction
                .add(new LineageRecord.LinkDecision(
                        Origin.of(Releaser.SOURCE),
                        decision.act(),
                        decision.epoch(),
                        decision.member(),
                        decision.by(),
                        releaser.now(),
                        decision.reason()))
                .id();
    }

    /**
     * A decision about a linking key.
     *
     * @param act {@code made}, {@code rotated}, {@code approved}, {@code refused}
     * @param member whom it concerns
     */
    public record LinkDecision(String act, int epoch, Optional<String> member, String by, Optional<String> reason) {}

    /** Signs that this node made the key of an epoch; gives the statement's id. */
    public Digest state(Transaction transaction, LinkKey made) throws SQLException, VerificationException {
        return releaser.sign(transaction, made);
    }

    /**
     * Makes anew what waits under an older key than today's: what was shown to the steward before is not let out under
     * another name than it was shown with, nor under a key that others hold no more.
     *
     * @return how many were made anew
     */
    public int remake(Transaction transaction, int epoch) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        int remade = 0;
        for (State state : List.of(State.WAITING, State.HELD)) {
            for (Release release : ReleaseStore.list(connection, Optional.of(state), 0, Integer.MAX_VALUE)) {
                remade += remade(transaction, release, epoch) ? 1 : 0;
            }
        }
        return remade;
    }

    private boolean remade(Transaction transaction, Release release, int epoch)
            throws SQLException, VerificationException {
        Message body = CanonicalJson.parse(release.body()).predicate().orElseThrow();
        Message now = body instanceof Alias alias ? alias : releaser.relinked(transaction.connection(), release, body);
        boolean overtaken = body instanceof Alias alias && alias.getNew().hasLinkable();
        if (!overtaken && now.equals(body)) {
            return false;
        }
        releaser.supersede(transaction, release, overtaken ? Optional.empty() : Optional.of(now), epoch);
        return true;
    }

    /**
     * States that old and new names are one, of the next artifacts above a record that go by another name now.
     *
     * @return the last record that was looked at; empty where there was none left
     */
    public Optional<Long> alias(Transaction transaction, long above) throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        List<Long> next = LinkStore.told(connection, above, AT_ONCE);
        for (long record : next) {
            Optional<Aliases.Due> due = releaser.aliases().due(connection, record);
            if (due.isPresent()
                    && !ReleaseStore.exists(
                            connection,
                            record,
                            PredicateType.ALIAS.uri(),
                            CanonicalJson.print(due.get().body()))) {
                releaser.alias(transaction, due.get());
            }
        }
        return next.isEmpty() ? Optional.empty() : Optional.of(next.get(next.size() - 1));
    }

    /** Whether all names were compared under this policy and that epoch before. */
    public boolean compared(Transaction transaction, int epoch) throws SQLException {
        return LinkStore.compared(transaction.connection())
                .filter(under(epoch)::equals)
                .isPresent();
    }

    /** They are now. */
    public void markCompared(Transaction transaction, int epoch) throws SQLException {
        LinkStore.compared(transaction.connection(), under(epoch));
    }

    private String under(int epoch) {
        return releaser.policyDigest().hex() + " " + epoch;
    }

    /** Whether the policy calls any field linkable. */
    public boolean wanted() {
        return PolicyReader.LINKABLE.stream().anyMatch(releaser::isLinkable);
    }
}
