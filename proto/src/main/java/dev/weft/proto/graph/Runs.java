package dev.weft.proto.graph;

import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Runs that stand behind a contribution or an evaluation: the author's own activities and what they used and made. */
final class Runs {
    private Runs() {}

    /** Says the runs in order; gives the vertex of each. */
    static List<VertexRef> said(Entry entry, List<Run> runs, Optional<RoundStatus> round) {
        List<VertexRef> all = new ArrayList<>(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            all.add(said(entry, runs.get(i), round, "run/" + i));
        }
        return all;
    }

    /** The runs of that kind, or all of them where none is. */
    static List<VertexRef> ofKind(List<Run> runs, List<VertexRef> refs, RunKind kind) {
        List<VertexRef> of = new ArrayList<>();
        for (int i = 0; i < refs.size(); i++) {
            if (runs.get(i).getKind() == kind) {
                of.add(refs.get(i));
            }
        }
        return of.isEmpty() ? refs : of;
    }

    private static VertexRef said(Entry entry, Run run, Optional<RoundStatus> round, String slot) {
        VertexRef ref = VertexRef.artifact(entry.author(), run.getId());
        // A run is its author's; somebody else may only claim things about it.
        Set<Flag> word = Artifacts.foreign(entry, ref) ? Set.of(Flag.ASSERTION) : Set.of();
        Draft draft = entry.draft();
        entry.say(
                ref,
                Entry.vertex(run.getKind().name().toLowerCase(Locale.ROOT) + " " + Artifacts.label(run.getId()))
                        .setArtifact(run.getId()),
                Set.of());
        draft.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH, word);
        for (int i = 0; i < run.getInputsCount(); i++) {
            draft.link(ref, input(entry, run.getInputs(i), round, slot + "/input/" + i), EdgeKind.USED, word);
        }
        for (ArtifactRef code : run.getCodeList()) {
            draft.link(ref, Artifacts.said(entry, code), EdgeKind.USED, word);
        }
        for (ArtifactRef environment : run.getEnvironmentList()) {
            draft.link(ref, Artifacts.said(entry, environment), EdgeKind.USED, word);
        }
        for (int i = 0; i < run.getOutputsCount(); i++) {
            made(entry, ref, run.getOutputs(i), "output/" + i, word);
        }
        return ref;
    }

    private static VertexRef input(Entry entry, ArtifactRef input, Optional<RoundStatus> round, String slot) {
        return input.getKind() == ArtifactKind.MODEL
                ? Artifacts.used(entry, input, round, slot)
                : attributed(entry, Artifacts.said(entry, input));
    }

    private static void made(Entry entry, VertexRef run, ArtifactRef output, String slot, Set<Flag> word) {
        VertexRef made = output.getKind() == ArtifactKind.MODEL && word.isEmpty()
                ? Artifacts.generated(entry, output, run.key(), slot)
                : Artifacts.said(entry, output);
        Set<Flag> flags = Artifacts.foreign(entry, made) ? Set.of(Flag.ASSERTION) : word;
        entry.draft().link(attributed(entry, made), run, EdgeKind.WAS_GENERATED_BY, flags);
    }

    /** Says whose an artifact is, the first time anybody does. */
    private static VertexRef attributed(Entry entry, VertexRef artifact) {
        if (!Artifacts.foreign(entry, artifact)) {
            entry.draft().link(artifact, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        }
        return artifact;
    }
}
