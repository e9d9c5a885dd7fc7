package dev.weft.aggregator.ask;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ImpactSummary;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was made from a thing: which global models, from which round on. */
final class ImpactAnswer {
    private ImpactAnswer() {}

    static void answer(Answering answering, Extent extent) throws SQLException, VerificationException {
        Walked.tell(answering, extent);
        summarise(answering, extent);
    }

    private static void summarise(Answering answering, Extent extent) throws SQLException {
        Map<String, SortedSet<RoundStatus>> lines = new TreeMap<>();
        for (long id : extent.rounds()) {
            Vertex vertex = answering.graph().vertex(id);
            Optional<RoundStatus> round = answering.graph().round(Digest.of(vertex.getKey()));
            round.ifPresent(found -> lines.computeIfAbsent(
                            found.getTrainingLine(),
                            line -> new TreeSet<>(Comparator.comparingInt(RoundStatus::getNumber)))
                    .add(found));
        }
        lines.forEach((line, rounds) -> answering.end().addImpact(summary(line, rounds)));
    }

    private static ImpactSummary summary(String line, SortedSet<RoundStatus> rounds) {
        ImpactSummary.Builder summary = ImpactSummary.newBuilder()
                .setTrainingLine(line)
                .setFirstRound(rounds.first().getNumber());
        for (RoundStatus round : rounds) {
            summary.addRounds(round.getId());
            if (!round.getOutputModel().isEmpty()) {
                summary.addModels(round.getOutputModel());
            }
        }
        return summary.build();
    }
}
