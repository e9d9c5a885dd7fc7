package dev.weft.proto.graph;

import dev.weft.proto.Reason;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Words about an artifact that was made before. From anybody but who made it they are assertions: kept, never walked. */
final class Claims {
    private static final Set<Flag> ASSERTION = Set.of(Flag.ASSERTION);

    private Claims() {}

    static Effect published(Entry entry, Publication publication) {
        Optional<RoundStatus> round = Rounds.known(entry.draft(), publication.getRound());
        boolean attested = round.filter(
                        known -> known.getRegistrant().equals(entry.author().value()))
                .isPresent();
        Set<Flag> word = attested ? Set.of() : ASSERTION;
        VertexRef ref = new VertexRef(VertexKind.PUBLICATION_VERTEX, entry.id());
        Vertex.Builder vertex = Entry.vertex(publication.getVersion());
        round.ifPresent(known -> vertex.setRoundNumber(known.getNumber()).setTrainingLine(known.getTrainingLine()));
        entry.say(ref, () -> vertex, word);
        entry.link(ref, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO, word);
        VertexRef model = Artifacts.used(entry, publication.getModel(), round.map(Setting::after), "model");
        entry.link(ref, model, EdgeKind.WAS_DERIVED_FROM, word);
        if (attested) {
            return Effect.EFFECTIVE;
        }
        return Effect.without(round.isEmpty() ? Reason.UNKNOWN_ROUND : Reason.NOT_REGISTRANT);
    }

    static Effect revoked(Entry entry, Revocation revocation) {
        ArtifactRef artifact = revocation.getArtifact();
        VertexRef of = Artifacts.claimed(entry, artifact);
        boolean owner = !Artifacts.foreign(entry, of);
        Set<Flag> word = owner ? Set.of() : ASSERTION;
        VertexRef ref = new VertexRef(VertexKind.REVOCATION_VERTEX, entry.id());
        String why = revocation.getReason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        entry.say(ref, why, word);
        entry.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH, word);
        if (owner) {
            Artifacts.occurrence(entry, of, artifact, Set.of(Flag.REVOKED));
        }
        entry.link(of, ref, EdgeKind.WAS_INVALIDATED_BY, word);
        return owner ? Effect.EFFECTIVE : Effect.without(Reason.NOT_OWNER);
    }

    static Effect aliased(Entry entry, Alias alias) {
        VertexRef old = Artifacts.claimed(entry, alias.getOld());
        VertexRef now = Artifacts.claimed(entry, alias.getNew());
        if (Artifacts.foreign(entry, old) || Artifacts.foreign(entry, now)) {
            return Effect.without(Reason.NOT_OWNER);
        }
        Artifacts.occurrence(entry, old, alias.getOld(), Set.of());
        Artifacts.occurrence(entry, now, alias.getNew(), Set.of());
        entry.link(old, now, EdgeKind.ALTERNATE_OF);
        entry.link(now, old, EdgeKind.ALTERNATE_OF);
        return Effect.EFFECTIVE;
    }
}
