package dev.weft.proto.graph;

import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.VertexKind;
import java.util.BitSet;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/** What stands behind a model in a graph: all that a walk along its edges meets, from the occurrences that somebody made. */
public final class Ancestry {
    private final VertexTable refs;
    private final PackedVertices vertices;
    private final LinkTable links;
    private final Effects effects;
    private final BitSet behind = new BitSet();
    private final BitSet entries = new BitSet();

    private Ancestry(VertexTable refs, PackedVertices vertices, LinkTable links, Effects effects) {
        this.refs = refs;
        this.vertices = vertices;
        this.links = links;
        this.effects = effects;
    }

    static Ancestry of(String model, VertexTable refs, PackedVertices vertices, LinkTable links, Effects effects) {
        Ancestry ancestry = new Ancestry(refs, vertices, links, effects);
        int[] open = new int[refs.count()];
        int left = 0;
        for (int vertex = 0; vertex < refs.count(); vertex++) {
            if (ancestry.isMade(vertex, model)) {
                ancestry.behind.set(vertex);
                open[left++] = vertex;
            }
        }
        ancestry.walk(open, left);
        return ancestry;
    }

    private boolean isMade(int vertex, String model) {
        return refs.kind(vertex) == VertexKind.MODEL_VERTEX
                && links.anyFrom(vertex, link -> links.kind(link) == EdgeKind.WAS_GENERATED_BY && links.isWalked(link))
                && vertices.get(vertex).getArtifact().getDigest().equals(model);
    }

    private void walk(int[] open, int many) {
        int[] left = {many};
        while (left[0] > 0) {
            links.anyFrom(open[--left[0]], link -> {
                if (links.isWalked(link)) {
                    entries.set(links.entry(link));
                    if (!behind.get(links.to(link))) {
                        behind.set(links.to(link));
                        open[left[0]++] = links.to(link);
                    }
                }
                return false;
            });
        }
    }

    /** Whether nobody made it. */
    public boolean isEmpty() {
        return behind.isEmpty();
    }

    /** How many vertices stand behind it, those included that it was made as. */
    public int size() {
        return behind.cardinality();
    }

    /** Log indexes of the entries that said the edges walked, ascending. */
    public LongStream entries() {
        return entries.stream().mapToLong(effects::index);
    }

    /** Shows each vertex behind it and who said it. */
    public void forEach(BiConsumer<VertexRef, String> each) {
        behind.stream().forEach(vertex -> each.accept(refs.ref(vertex), vertices.author(vertex)));
    }
}
