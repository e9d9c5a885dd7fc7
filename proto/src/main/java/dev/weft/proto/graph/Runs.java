package dev.weft.proto.graph;

import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Runs that stand behind a contribution or an evaluation: the author's own activities and what they used and made. */
final class Runs {
    private Runs() {}

    /** Says the runs in order; gives the vertex of each. */
    static List<VertexRef> said(Entry entry, List<Run> runs, Optional<Setting> round) {
        List<VertexRef> all = new ArrayList<>(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            all.add(said(entry, runs.get(i), round, i));
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

    private static VertexRef said(Entry entry, Run run, Optional<Setting> round, int number) {
        VertexRef ref = Artifacts.place(entry, run.getId());
        entry.say(ref, () -> vertex(run), Set.of());
        entry.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH);
        for (int i = 0; i < run.getInputsCount(); i++) {
            ArtifactRef input = run.getInputs(i);
            VertexRef used = input.getKind() == ArtifactKind.MODEL
                    ? Artifacts.used(entry, input, round, "run/" + number + "/input/" + i)
                    : attributed(entry, Artifacts.said(entry, input));
            entry.link(ref, used, EdgeKind.USED);
        }
        for (ArtifactRef code : run.getCodeList()) {
            entry.link(ref, Artifacts.said(entry, code), EdgeKind.USED);
        }
        for (ArtifactRef environment : run.getEnvironmentList()) {
            entry.link(ref, Artifacts.said(entry, environment), EdgeKind.USED);
        }
        for (ArtifactRef output : run.getOutputsList()) {
            entry.link(made(entry, ref, output), ref, EdgeKind.WAS_GENERATED_BY);
        }
        return ref;
    }

    private static Vertex.Builder vertex(Run run) {
        String kind = run.getKind().name().toLowerCase(Locale.ROOT);
        return Entry.vertex(kind + " " + Artifacts.label(run.getId())).setArtifact(run.getId());
    }

    private static VertexRef made(Entry entry, VertexRef run, ArtifactRef output) {
        return attributed(
                entry,
                output.getKind() == ArtifactKind.MODEL
                        ? Artifacts.generated(entry, output, run.key(), "output/" + output.getDigest())
                        : Artifacts.said(entry, output));
    }

    private static VertexRef attributed(Entry entry, VertexRef artifact) {
        entry.link(artifact, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        return artifact;
    }
}
