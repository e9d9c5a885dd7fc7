package dev.weft.proto.graph;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Artifacts as vertices: what an author's reference means, and which occurrence of a model a use binds to. */
final class Artifacts {
    private static final String SHORT_COMMITMENT = "commitment:";
    private static final int SHORT = 6;

    private Artifacts() {}

    /** The vertex a reference of this author means, with its artifact and content said. */
    static VertexRef said(Entry entry, ArtifactRef artifact) {
        VertexRef ref = place(entry, artifact);
        occurrence(entry, ref, artifact, Set.of());
        return ref;
    }

    /**
     * Where an author's artifact stands. A commitment is secret until its owner states it: who says another's has copied
     * it, and gets a vertex of its own beside the other's.
     */
    static VertexRef place(Entry entry, ArtifactRef artifact) {
        VertexRef ref = VertexRef.artifact(entry.author(), artifact);
        if (!artifact.hasCommitment() || !foreign(entry, ref)) {
            return ref;
        }
        VertexRef copy = VertexRef.copy(entry.author(), artifact);
        entry.say(copy, () -> vertex(artifact), Set.of());
        entry.link(copy, ref, EdgeKind.ALTERNATE_OF, Set.of(Flag.ASSERTION));
        return copy;
    }

    /** Says an occurrence at {@code ref}, and the content it specialises where that is no commitment. */
    static void occurrence(Entry entry, VertexRef ref, ArtifactRef artifact, Set<Flag> flags) {
        boolean fresh = entry.draft().vertex(ref).isEmpty();
        Set<Flag> all = Flags.of(flags);
        if (neverStitches(artifact)) {
            all.add(Flag.NEVER_STITCHES);
        }
        entry.say(ref, () -> vertex(artifact), all);
        if (fresh && !artifact.hasCommitment() && !all.contains(Flag.NEVER_STITCHES)) {
            VertexRef content = VertexRef.content(artifact);
            entry.say(content, () -> Entry.vertex(label(artifact)), Set.of());
            entry.link(ref, content, EdgeKind.SPECIALIZATION_OF);
        }
    }

    private static Vertex.Builder vertex(ArtifactRef artifact) {
        // Where it came from is an edge.
        ArtifactRef bare = artifact.getFrom().isEmpty()
                ? artifact
                : artifact.toBuilder().clearFrom().build();
        return Entry.vertex(label(artifact)).setArtifact(bare);
    }

    /** Whether the vertex is another author's, whose artifact this author may use but not describe. */
    static boolean foreign(Entry entry, VertexRef ref) {
        return entry.draft()
                .vertex(ref)
                .filter(vertex -> !vertex.getAuthor().equals(entry.author().value()))
                .isPresent();
    }

    /**
     * Says a model that this author made: a generation.
     *
     * @param of id of the statement or key of the run that made it
     */
    static VertexRef generated(Entry entry, ArtifactRef model, Digest of, String slot) {
        if (model.hasCommitment()) {
            return said(entry, model);
        }
        VertexRef ref = VertexRef.occurrence(of, slot);
        boolean fresh = entry.draft().vertex(ref).isEmpty();
        occurrence(entry, ref, model, Set.of());
        if (fresh && model.hasDigest() && !neverStitches(model)) {
            entry.draft().generated(model.getDigest(), entry.author(), ref);
        }
        return ref;
    }

    /**
     * The occurrence that a use of a model means: the statement or round it names, the round it was used in, the author's
     * own newest, the first that anybody made, in this order; else an occurrence of its own, flagged unresolved.
     *
     * @param slot names this use in its statement
     */
    static VertexRef used(Entry entry, ArtifactRef model, Optional<Setting> round, String slot) {
        if (!model.hasDigest()) {
            // To use another's model is no claim about it: only who calls one his own gets a copy.
            VertexRef ref = VertexRef.artifact(entry.author(), model);
            return foreign(entry, ref) ? ref : said(entry, model);
        }
        if (neverStitches(model)) {
            VertexRef own = VertexRef.occurrence(entry.id(), slot);
            occurrence(entry, own, model, Set.of());
            return own;
        }
        Optional<VertexRef> named = model.getFrom().isEmpty() ? Optional.empty() : named(entry, model, round);
        return named.or(() -> round.flatMap(setting -> setting.model(entry.draft(), model.getDigest())))
                .or(() -> entry.draft().newestGeneration(model.getDigest(), entry.author()))
                .or(() -> first(entry, model.getDigest()))
                .orElseGet(() -> unresolved(entry, model, slot));
    }

    private static VertexRef unresolved(Entry entry, ArtifactRef model, String slot) {
        VertexRef own = VertexRef.occurrence(entry.id(), slot);
        occurrence(entry, own, model, EnumSet.of(Flag.UNRESOLVED));
        return own;
    }

    private static Optional<VertexRef> first(Entry entry, String digest) {
        Optional<Generation> first = entry.draft().firstGeneration(digest);
        if (first.isPresent() && entry.draft().severalMade(digest)) {
            VertexRef ref = first.get().occurrence();
            Vertex vertex = entry.draft().vertex(ref).orElseThrow();
            entry.draft()
                    .replace(
                            ref,
                            vertex.toBuilder()
                                    .clearFlags()
                                    .addAllFlags(Flags.union(vertex.getFlagsList(), Set.of(Flag.AMBIGUOUS)))
                                    .build());
        }
        return first.map(Generation::occurrence);
    }

    private static Optional<VertexRef> named(Entry entry, ArtifactRef model, Optional<Setting> setting) {
        if (model.getFrom().size() != Digest.SIZE) {
            return Optional.empty();
        }
        Digest from = Digest.of(model.getFrom());
        Draft draft = entry.draft();
        // Mostly a site's own round, whose register is neither a contribution nor a close.
        Optional<Setting> own = setting.filter(it -> it.is(from));
        if (own.isEmpty()) {
            VertexRef contribution = VertexRef.contribution(from);
            if (draft.vertex(contribution).isPresent()) {
                return Optional.of(contribution);
            }
            VertexRef output = VertexRef.occurrence(from, Rounds.OUTPUT);
            if (draft.vertex(output).filter(vertex -> is(vertex, model)).isPresent()) {
                return Optional.of(output);
            }
        }
        return own.or(() -> draft.round(from).map(Setting::after))
                .flatMap(of -> of.model(draft, model.getDigest()))
                .or(() -> ofPublication(draft, from, model));
    }

    /** What an attested publication released: another's edge is no walked one. */
    private static Optional<VertexRef> ofPublication(Draft draft, Digest publication, ArtifactRef model) {
        return draft.successors(new VertexRef(VertexKind.PUBLICATION_VERTEX, publication)).stream()
                .filter(ref ->
                        draft.vertex(ref).filter(vertex -> is(vertex, model)).isPresent())
                .findFirst();
    }

    private static boolean is(Vertex vertex, ArtifactRef model) {
        return vertex.getArtifact().getDigest().equals(model.getDigest());
    }

    /** What a claim is about: the author's own, newest model of that digest or artifact; else that of whoever has it. */
    static VertexRef claimed(Entry entry, ArtifactRef artifact) {
        MemberName author = entry.author();
        VertexRef own = VertexRef.artifact(author, artifact);
        if (artifact.hasCommitment()) {
            VertexRef copy = VertexRef.copy(author, artifact);
            return entry.draft().vertex(copy).isPresent() ? copy : own;
        }
        if (artifact.getKind() != ArtifactKind.MODEL || !artifact.hasDigest()) {
            return own;
        }
        return entry.draft()
                .newestGeneration(artifact.getDigest(), author)
                .or(() -> entry.draft().firstGeneration(artifact.getDigest()).map(Generation::occurrence))
                .orElse(own);
    }

    static boolean neverStitches(ArtifactRef artifact) {
        return artifact.hasDigest() && ContentDigest.neverStitches(artifact.getDigest());
    }

    static String label(ArtifactRef artifact) {
        if (artifact.hasDigest()) {
            return artifact.getDigest();
        }
        ByteString identity = artifact.hasLinkable() ? artifact.getLinkable() : artifact.getCommitment();
        String hex = HexFormat.of().formatHex(identity.toByteArray(), 0, SHORT);
        return (artifact.hasLinkable() ? "linkable:" : SHORT_COMMITMENT) + hex;
    }
}
