package dev.weft.aggregator;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a continued log does not hold of who may speak: a revocation that nobody states again would be undone in silence.
 */
final class LeftBeside {
    private LeftBeside() {}

    /** Entries from an index on of a database that was left beside, in words. */
    static List<String> standing(Path database, long from) throws SQLException, VerificationException {
        try (Connection connection = AggregatorDatabase.readFile(database);
                JdbcLogStore store = new JdbcLogStore(connection, Founding.FEDERATION)) {
            List<String> undone = new ArrayList<>();
            for (long index : new StandingStore(connection, Founding.FEDERATION).entries()) {
                if (index >= from) {
                    Message said = EnvelopeOpener.open(store.entry(index))
                            .statement()
                            .predicate()
                            .orElseThrow();
                    undone.add("entry " + index + ": " + describe(said));
                }
            }
            return undone;
        }
    }

    private static String describe(Message said) {
        if (said instanceof Key key) {
            return switch (key.getChangeCase()) {
                case REVOKE -> "root revoked '" + key.getRevoke().getMember() + "'; revoke it again";
                case SUSPEND -> "'" + key.getSuspend().getMember() + "' was suspended; suspend it again";
                case RESUME -> "'" + key.getResume().getMember() + "' was resumed; resume it again";
                case ROTATE, ROLLOVER ->
                    "'" + key.getHeader().getAuthor() + "' changed its keys; it needs a new invitation";
                case REQUIRE -> "root required second signatures; require them again";
                case CHANGE_NOT_SET -> "nothing";
            };
        }
        if (said instanceof Evidence evidence) {
            return "'" + evidence.getMember() + "' was put into quarantine; suspend it, and ask it to roll over";
        }
        if (said instanceof Membership membership) {
            return "'" + invited(membership) + "' became a member; invite it again";
        }
        return said instanceof Policy ? "root stated a witness policy; state it again" : "nothing";
    }

    private static String invited(Membership membership) {
        try {
            return Invitation.parseFrom(membership.getInvitation().getInvitation())
                    .getMember();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a membership was admitted without an invitation", e);
        }
    }
}
