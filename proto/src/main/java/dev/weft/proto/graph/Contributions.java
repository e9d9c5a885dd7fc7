package dev.weft.proto.graph;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a site says of its own part in a round. */
final class Contributions {
    private Contributions() {}

    static Effect contributed(Entry entry, Contribution contribution) {
        Optional<RoundStatus> known = round(entry, contribution.getRound());
        if (known.isEmpty()) {
            return unknownRound(entry, contribution.getRound());
        }
        if (!entry.trains()) {
            return Effect.without(Reason.ROLE_NOT_ALLOWED);
        }
        RoundStatus round = known.get();
        SiteInRound before = Sites.of(entry, round).site();
        if (!before.getContribution().isEmpty()) {
            return Effect.without(Reason.DUPLICATE);
        }
        VertexRef update = VertexRef.contribution(entry.id());
        entry.say(update, () -> inRound(contribution.getWireDigest(), round), Set.of());
        behind(entry, contribution, round, update);
        Sites.contributed(entry, round, contribution);
        if (Sites.of(entry, round).site().getState() == SiteState.SITE_ACCEPTED) {
            entry.link(VertexRef.round(Digest.of(round.getId())), update, EdgeKind.USED);
        }
        return Effect.EFFECTIVE;
    }

    private static void behind(Entry entry, Contribution contribution, RoundStatus round, VertexRef update) {
        Optional<Setting> start = Optional.of(start(entry, contribution, round));
        entry.link(update, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        List<VertexRef> runs = Runs.said(entry, contribution.getRunsList(), start);
        if (contribution.hasInputModel()) {
            VertexRef input = Artifacts.used(entry, contribution.getInputModel(), start, Rounds.INPUT);
            entry.link(update, input, EdgeKind.WAS_DERIVED_FROM);
        }
        for (VertexRef run : Runs.ofKind(contribution.getRunsList(), runs, RunKind.TRAIN)) {
            entry.link(update, run, EdgeKind.WAS_GENERATED_BY);
        }
    }

    /** Where the contribution starts: from the output of the round it names as its base, else from its own round's input. */
    private static Setting start(Entry entry, Contribution contribution, RoundStatus round) {
        return round(entry, contribution.getBaseRound()).map(Setting::after).orElse(Setting.within(round));
    }

    static Effect evaluated(Entry entry, Evaluation evaluation) {
        Optional<RoundStatus> round = round(entry, evaluation.getRound());
        if (round.isEmpty() && !evaluation.getRound().isEmpty()) {
            return unknownRound(entry, evaluation.getRound());
        }
        if (!entry.trains()) {
            return Effect.without(Reason.ROLE_NOT_ALLOWED);
        }
        Optional<Setting> setting = round.map(Setting::after);
        VertexRef ref = new VertexRef(VertexKind.EVALUATION_VERTEX, entry.id());
        Vertex.Builder vertex = Entry.vertex("evaluation by " + entry.author());
        round.ifPresent(known -> vertex.setRoundNumber(known.getNumber()).setTrainingLine(known.getTrainingLine()));
        entry.say(ref, () -> vertex, Set.of());
        entry.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH);
        if (evaluation.hasModel()) {
            entry.link(ref, Artifacts.used(entry, evaluation.getModel(), setting, "model"), EdgeKind.USED);
        }
        for (VertexRef run : Runs.said(entry, evaluation.getRunsList(), setting)) {
            entry.link(ref, run, EdgeKind.WAS_INFORMED_BY);
        }
        round.ifPresent(known -> Sites.evaluated(entry, known));
        return Effect.EFFECTIVE;
    }

    static Effect progressed(Entry entry, Progress progress) {
        Optional<RoundStatus> round = round(entry, progress.getRound());
        if (round.isEmpty()) {
            return unknownRound(entry, progress.getRound());
        }
        if (!entry.trains()) {
            return Effect.without(Reason.ROLE_NOT_ALLOWED);
        }
        Sites.progressed(entry, round.get(), progress.getState());
        return Effect.EFFECTIVE;
    }

    private static Optional<RoundStatus> round(Entry entry, ByteString id) {
        return id.size() == Digest.SIZE ? entry.draft().round(Digest.of(id)) : Optional.empty();
    }

    private static Effect unknownRound(Entry entry, ByteString round) {
        if (round.size() == Digest.SIZE && entry.trains()) {
            entry.draft().await(Digest.of(round), entry.index());
        }
        return Effect.without(Reason.UNKNOWN_ROUND);
    }

    private static Vertex.Builder inRound(String label, RoundStatus round) {
        return Entry.vertex(label).setRoundNumber(round.getNumber()).setTrainingLine(round.getTrainingLine());
    }

    static Set<Flag> disputed(String stated, String received) {
        return stated.equals(received) ? Set.of() : Set.of(Flag.DISPUTED);
    }
}
