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
        entry.say(update, inRound(contribution.getWireDigest(), round), Set.of());
        behind(entry, contribution, round, update);
        Sites.contributed(entry, round, contribution);
        if (Sites.of(entry, round).site().getState() == SiteState.SITE_ACCEPTED) {
            entry.draft().link(VertexRef.round(Digest.of(round.getId())), update, EdgeKind.USED);
        }
        return Effect.EFFECTIVE;
    }

    private static void behind(Entry entry, Contribution contribution, RoundStatus round, VertexRef update) {
        Draft draft = entry.draft();
        draft.link(update, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        List<VertexRef> runs = Runs.said(entry, contribution.getRunsList(), Optional.of(round));
        if (contribution.hasInputModel()) {
            VertexRef input = Artifacts.used(
                    entry, contribution.getInputModel(), Optional.of(base(entry, contribution, round)), "input");
            draft.link(update, input, EdgeKind.WAS_DERIVED_FROM);
        }
        for (VertexRef run : Runs.ofKind(contribution.getRunsList(), runs, RunKind.TRAIN)) {
            draft.link(update, run, EdgeKind.WAS_GENERATED_BY);
        }
    }

    /** The round whose models the contribution starts from: the one it names as its base, else its own. */
    private static RoundStatus base(Entry entry, Contribution contribution, RoundStatus round) {
        return contribution.getBaseRound().isEmpty()
                ? round
                : round(entry, contribution.getBaseRound()).orElse(round);
    }

    static Effect evaluated(Entry entry, Evaluation evaluation) {
        Optional<RoundStatus> round = round(entry, evaluation.getRound());
        if (round.isEmpty()) {
            return unknownRound(entry, evaluation.getRound());
        }
        if (!entry.trains()) {
            return Effect.without(Reason.ROLE_NOT_ALLOWED);
        }
        Draft draft = entry.draft();
        VertexRef ref = new VertexRef(VertexKind.EVALUATION_VERTEX, entry.id());
        entry.say(ref, inRound("evaluation by " + entry.author(), round.get()), Set.of());
        draft.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH);
        if (evaluation.hasModel()) {
            draft.link(ref, Artifacts.used(entry, evaluation.getModel(), round, "model"), EdgeKind.USED);
        }
        for (VertexRef run : Runs.said(entry, evaluation.getRunsList(), round)) {
            draft.link(ref, run, EdgeKind.WAS_INFORMED_BY);
        }
        Sites.evaluated(entry, round.get());
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
