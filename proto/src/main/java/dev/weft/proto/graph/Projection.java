package dev.weft.proto.graph;

import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import java.util.Optional;

/**
 * Judges one appended statement: what it brings about in the graph, or why nothing. A pure function of the statement, its
 * index and the graph of all entries before; the same log gives the same graph everywhere.
 */
public final class Projection {
    private Projection() {}

    /**
     * Projects the entry at {@code index}; all entries below must be in {@code view}.
     *
     * @param statement accepted into the log: well formed and authentic
     */
    public static Projected project(long index, Statement statement, GraphView view) {
        Draft draft = new Draft(index, view);
        judge(draft, index, statement);
        return draft.done();
    }

    private static void judge(Draft draft, long index, Statement statement) {
        Optional<Message> predicate = statement.predicate();
        Effect effect = predicate.isEmpty()
                ? Effect.without(Reason.UNKNOWN_TYPE)
                : judge(Entry.of(draft, index, statement), predicate.get());
        draft.effect(index, effect);
        if (effect.equals(Effect.EFFECTIVE) && isRegister(predicate)) {
            // Statements that came before their round, from a site that was quicker than the coordinator's node.
            for (long earlier : draft.waitingFor(statement.id())) {
                judge(draft, earlier, draft.statement(earlier));
            }
        }
    }

    private static Effect judge(Entry entry, Message predicate) {
        if (predicate instanceof Contribution contribution) {
            return Contributions.contributed(entry, contribution);
        } else if (predicate instanceof Evaluation evaluation) {
            return Contributions.evaluated(entry, evaluation);
        } else if (predicate instanceof Progress progress) {
            return Contributions.progressed(entry, progress);
        } else if (predicate instanceof Round round) {
            return Rounds.stepped(entry, round);
        } else if (predicate instanceof Membership membership) {
            return Members.admitted(entry, membership);
        } else if (predicate instanceof Key key) {
            return Members.changed(entry, key);
        } else if (predicate instanceof Publication publication) {
            return Claims.published(entry, publication);
        } else if (predicate instanceof Revocation revocation) {
            return Claims.revoked(entry, revocation);
        } else if (predicate instanceof Alias alias) {
            return Claims.aliased(entry, alias);
        } else if (predicate instanceof LinkKey linkKey) {
            return LinkEpochs.stated(entry, linkKey);
        }
        // Genesis, policy, evidence, disclosures and notices are told from the log; they move no data.
        return Effect.EFFECTIVE;
    }

    private static boolean isRegister(Optional<Message> predicate) {
        return predicate
                .filter(Round.class::isInstance)
                .map(Round.class::cast)
                .filter(Round::hasRegister)
                .isPresent();
    }
}
