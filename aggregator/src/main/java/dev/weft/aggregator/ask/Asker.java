package dev.weft.aggregator.ask;

import dev.weft.aggregator.db.ProjectionStore;
import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.aggregator.publish.Published;
import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.LogView;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerHead;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.Vertex;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Answers questions, for gRPC and HTTP alike. Any thread; each answer reads one snapshot of the database. */
public final class Asker {
    private final DataSource readers;
    private final Published published;
    private final Digest federation;
    private final long key;
    private final BooleanSupplier witnessPolicy;
    private final Extents extents = new Extents();

    /**
     * @param key the federation's integer in the database
     * @param witnessPolicy whether a witness policy is in force
     */
    public Asker(DataSource readers, Published published, Digest federation, long key, BooleanSupplier witnessPolicy) {
        this.readers = readers;
        this.published = published;
        this.federation = federation;
        this.key = key;
        this.witnessPolicy = witnessPolicy;
    }

    /**
     * Tells the answer, part by part: head, what was asked for, entries where proofs are wanted, end.
     *
     * @throws VerificationException before anything was told, or while a page was read, if the question cannot be answered
     */
    public void ask(Question question, Consumer<Answer> out) throws VerificationException, SQLException {
        Limits.check(question);
        try (Connection snapshot = readers.getConnection()) {
            snapshot.setAutoCommit(false);
            try (GraphQuery graph = new GraphQuery(snapshot, key)) {
                PublishedHead head = published.current();
                long projected = begin(snapshot);
                while (projected > head.size()) {
                    // Another head was published in between: nothing above the one that is told may be told.
                    snapshot.rollback();
                    head = published.current();
                    projected = begin(snapshot);
                }
                at(question, projected);
                answer(new Answering(question, snapshot, key, graph, head, out), projected);
            } finally {
                snapshot.rollback();
            }
        }
    }

    /** Begins the snapshot, after the head was taken: so it holds the tiles that prove things at that head. */
    private long begin(Connection snapshot) throws SQLException {
        return ProjectionStore.next(snapshot, key);
    }

    private void answer(Answering answering, long projected) throws VerificationException, SQLException {
        Question question = answering.question();
        GraphQuery graph = answering.graph();
        switch (question.getKindCase()) {
            case LINEAGE -> {
                List<Vertex> starts =
                        LineageAnswer.starts(graph, question.getLineage().getOf());
                head(answering, projected, starts);
                Walked.tell(answering, extent(answering, projected, starts, Reach.Direction.BEHIND));
            }
            case IMPACT -> {
                List<Vertex> starts = Starts.resolve(graph, question.getImpact().getOf());
                head(answering, projected, starts);
                ImpactAnswer.answer(answering, extent(answering, projected, starts, Reach.Direction.FROM));
            }
            case ROUND -> {
                head(answering, projected, List.of());
                RoundAnswers.one(answering, question.getRound().getRound());
            }
            case ROUNDS -> {
                head(answering, projected, List.of());
                RoundAnswers.all(answering, question.getRounds().getTrainingLine());
            }
            case SEARCH -> {
                head(answering, projected, List.of());
                SearchAnswer.answer(answering, question.getSearch().getText());
            }
            case KIND_NOT_SET ->
                throw new VerificationException(
                        Reason.MISSING_FIELD, "Ask something: lineage, impact, round, rounds or search.");
        }
        if (question.getProof()) {
            prove(answering);
        }
        end(answering, projected);
    }

    private Extent extent(Answering answering, long projected, List<Vertex> starts, Reach.Direction direction)
            throws SQLException {
        return extents.of(answering.question(), projected, () -> Walked.extent(answering, starts, direction));
    }

    private void head(Answering answering, long projected, List<Vertex> starts) throws VerificationException {
        PublishedHead head = answering.head();
        AnswerHead.Builder told = AnswerHead.newBuilder()
                .setFederation(federation.toByteString())
                .setCheckpoint(head.note())
                .setProjected(projected)
                .addAllStarts(Walked.ids(starts));
        long seen = answering.question().getSeenSize();
        if (seen > head.size() || seen < 0) {
            throw new VerificationException(
                    Reason.BAD_CONSISTENCY_PROOF,
                    "You hold a checkpoint of " + seen + " entries, this log has " + head.size()
                            + ": keep your signed checkpoint, it contradicts what you are shown here.");
        }
        if (seen > 0 && seen < head.size()) {
            LogView log = head.log().over(new JdbcLogStore(answering.snapshot(), key));
            told.addAllConsistency(log.consistency(seen, head.size()).toProto());
        }
        answering.tell(Answer.newBuilder().setHead(told).build());
    }

    private void prove(Answering answering) {
        PublishedHead head = answering.head();
        JdbcLogStore store = new JdbcLogStore(answering.snapshot(), key);
        LogView log = head.log().over(store);
        for (long index : answering.entries()) {
            answering.tell(Answer.newBuilder()
                    .setEntry(ProvenEntry.newBuilder()
                            .setIndex(index)
                            .setEnvelope(store.entry(index))
                            .addAllInclusion(log.inclusion(index, head.size()).toProto()))
                    .build());
        }
    }

    private void end(Answering answering, long projected) throws SQLException {
        NotProvenTexts.add(
                answering,
                projected,
                ProjectionStore.unprojected(answering.snapshot(), key),
                witnessPolicy.getAsBoolean());
        answering.tell(Answer.newBuilder()
                .setEnd(answering.end().addAllMembers(answering.members()))
                .build());
    }

    private static void at(Question question, long projected) throws VerificationException {
        if (question.getAt() != 0 && question.getAt() != projected) {
            throw new VerificationException(
                    Reason.AT_UNAVAILABLE,
                    "The graph is kept at its newest, " + projected + " entries; leave 'at' out or set it to that.");
        }
    }
}
