package dev.weft.proto.graph;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A round's steps, which are its registrant's word alone. The first effective open and close count. */
final class Rounds {
    static final String INPUT = "input";
    static final String OUTPUT = "output";

    private Rounds() {}

    static Effect stepped(Entry entry, Round round) {
        return switch (round.getStepCase()) {
            case REGISTER -> registered(entry, round.getRegister());
            case OPEN -> opened(entry, round.getOpen());
            case CLOSE_PART -> partClosed(entry, round.getClosePart());
            case CLOSE -> closed(entry, round.getClose());
            case STEP_NOT_SET -> Effect.without(Reason.MISSING_FIELD);
        };
    }

    private static Effect registered(Entry entry, Register register) {
        Draft draft = entry.draft();
        if (entry.role().filter(role -> role == Role.COORDINATOR).isEmpty()) {
            return Effect.without(Reason.ROLE_NOT_ALLOWED);
        }
        boolean anothers = draft.registrantOf(register.getTrainingLine())
                .filter(owner -> !owner.equals(entry.author()))
                .isPresent();
        if (anothers) {
            return Effect.without(Reason.NOT_REGISTRANT);
        }
        if (draft.roundAt(register.getTrainingLine(), register.getNumber()).isPresent()) {
            return Effect.without(Reason.ROUND_EXISTS);
        }
        Optional<RoundStatus> predecessor = known(draft, register.getPredecessor());
        Set<Flag> flags =
                !register.getPredecessor().isEmpty() && predecessor.isEmpty() ? Set.of(Flag.UNRESOLVED) : Set.of();
        VertexRef ref = VertexRef.round(entry.id());
        Vertex.Builder vertex = Entry.vertex(register.getTrainingLine() + "/" + register.getNumber())
                .setRoundNumber(register.getNumber())
                .setTrainingLine(register.getTrainingLine());
        entry.say(ref, () -> vertex, flags);
        entry.link(ref, entry.agent(), EdgeKind.WAS_ASSOCIATED_WITH);
        predecessor.ifPresent(
                before -> entry.link(ref, VertexRef.round(Digest.of(before.getId())), EdgeKind.WAS_INFORMED_BY));
        VertexRef input = input(entry, register, predecessor);
        entry.link(ref, input, EdgeKind.USED);
        draft.round(RoundStatus.newBuilder()
                .setId(entry.id().toByteString())
                .setTrainingLine(register.getTrainingLine())
                .setNumber(register.getNumber())
                .setRegistrant(entry.author().value())
                .setPredecessor(register.getPredecessor())
                .setInputModel(Artifacts.label(register.getInputModel()))
                .setInputVertex(input.key().toByteString())
                .setDeadline(register.getDeadline())
                .setRegisterEntry(entry.index())
                .addAllFlags(flags)
                .build());
        return Effect.EFFECTIVE;
    }

    /** A first round's model that nobody made in this log begins here: its registrant's own. */
    private static VertexRef input(Entry entry, Register register, Optional<RoundStatus> predecessor) {
        boolean origin = register.getInputModel().hasDigest()
                && register.getInputModel().getFrom().isEmpty()
                && entry.draft()
                        .firstGeneration(register.getInputModel().getDigest())
                        .isEmpty();
        if (!origin) {
            return Artifacts.used(entry, register.getInputModel(), predecessor.map(Setting::after), INPUT);
        }
        VertexRef input = Artifacts.generated(entry, register.getInputModel(), entry.id(), INPUT);
        Vertex vertex = entry.draft().vertex(input).orElseThrow();
        entry.draft()
                .replace(
                        input,
                        vertex.toBuilder()
                                .setTrainingLine(register.getTrainingLine())
                                .build());
        entry.link(input, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        return input;
    }

    private static Effect opened(Entry entry, Open open) {
        Draft draft = entry.draft();
        Optional<RoundStatus> known = known(draft, open.getRound());
        Optional<Reason> refused = refused(entry, known);
        if (refused.isPresent()) {
            return Effect.without(refused.get());
        }
        RoundStatus round = known.orElseThrow();
        if (round.getOpened()) {
            return contradicted(draft, round);
        }
        RoundStatus opened =
                round.toBuilder().setOpened(true).setOpenEntry(entry.index()).build();
        draft.round(opened);
        for (String member : open.getExpectedList()) {
            Sites.expected(draft, opened, new MemberName(member));
        }
        for (Participation site : draft.sites(Digest.of(round.getId()))) {
            if (!site.expected()) {
                Sites.unexpected(draft, site);
            }
        }
        return Effect.EFFECTIVE;
    }

    private static Effect partClosed(Entry entry, ClosePart part) {
        Optional<RoundStatus> known = known(entry.draft(), part.getRound());
        Optional<Reason> refused = refused(entry, known);
        if (refused.isPresent()) {
            return Effect.without(refused.get());
        }
        if (known.orElseThrow().getClosed()) {
            return Effect.without(Reason.ROUND_CLOSED);
        }
        entry.draft()
                .round(known.orElseThrow().toBuilder()
                        .addClosePartEntries(entry.index())
                        .build());
        return Effect.EFFECTIVE;
    }

    private static Effect closed(Entry entry, Close close) {
        Draft draft = entry.draft();
        Optional<RoundStatus> known = known(draft, close.getRound());
        Optional<Reason> refused = refused(entry, known);
        if (refused.isPresent()) {
            return Effect.without(refused.get());
        }
        RoundStatus round = known.orElseThrow();
        if (round.getClosed()) {
            return contradicted(draft, round);
        }
        if (!round.getOpened()) {
            return Effect.without(Reason.NOT_OPEN);
        }
        Optional<List<Long>> parts = parts(draft, round, close);
        if (parts.isEmpty()) {
            return Effect.without(Reason.UNKNOWN_REFERENCE);
        }
        RoundStatus.Builder closed = round.toBuilder()
                .setClosed(true)
                .setCloseEntry(entry.index())
                .setFailure(close.getFailure())
                .clearClosePartEntries()
                .addAllClosePartEntries(parts.get());
        take(entry, closed.build());
        draft.round(output(entry, close, closed));
        return Effect.EFFECTIVE;
    }

    /** The log index of each part that the close names, in its order; empty where one of them is not there. */
    private static Optional<List<Long>> parts(Draft draft, RoundStatus round, Close close) {
        Map<Digest, Long> there = new HashMap<>();
        for (long index : round.getClosePartEntriesList()) {
            there.put(draft.statement(index).id(), index);
        }
        List<Long> named = close.getPartsList().stream()
                .map(Digest::of)
                .filter(there::containsKey)
                .map(id -> Objects.requireNonNull(there.get(id)))
                .toList();
        return named.size() == close.getPartsCount() ? Optional.of(named) : Optional.empty();
    }

    private static void take(Entry entry, RoundStatus round) {
        Draft draft = entry.draft();
        VertexRef ref = VertexRef.round(Digest.of(round.getId()));
        for (long index : round.getClosePartEntriesList()) {
            Round part = (Round) draft.statement(index).predicate().orElseThrow();
            for (Received received : part.getClosePart().getReceivedList()) {
                Sites.listed(entry, round, index, received).ifPresent(update -> entry.link(ref, update, EdgeKind.USED));
            }
        }
    }

    private static RoundStatus output(Entry entry, Close close, RoundStatus.Builder closed) {
        if (!close.hasOutputModel()) {
            return closed.build();
        }
        Draft draft = entry.draft();
        VertexRef output = Artifacts.generated(entry, close.getOutputModel(), entry.id(), OUTPUT);
        Vertex vertex = draft.vertex(output).orElseThrow();
        draft.replace(
                output,
                vertex.toBuilder()
                        .setRoundNumber(closed.getNumber())
                        .setTrainingLine(closed.getTrainingLine())
                        .build());
        entry.link(output, VertexRef.round(Digest.of(closed.getId())), EdgeKind.WAS_GENERATED_BY);
        entry.link(output, entry.agent(), EdgeKind.WAS_ATTRIBUTED_TO);
        return closed.setOutputModel(Artifacts.label(close.getOutputModel()))
                .setOutputVertex(output.key().toByteString())
                .build();
    }

    private static Optional<Reason> refused(Entry entry, Optional<RoundStatus> round) {
        if (round.isEmpty()) {
            return Optional.of(Reason.UNKNOWN_ROUND);
        }
        return round.get().getRegistrant().equals(entry.author().value())
                ? Optional.empty()
                : Optional.of(Reason.NOT_REGISTRANT);
    }

    private static Effect contradicted(Draft draft, RoundStatus round) {
        Set<Flag> flags = Flags.union(round.getFlagsList(), Set.of(Flag.CONTRADICTION));
        draft.round(round.toBuilder().clearFlags().addAllFlags(flags).build());
        return Effect.without(Reason.CONTRADICTION);
    }

    static Optional<RoundStatus> known(Draft draft, ByteString id) {
        return id.size() == Digest.SIZE ? draft.round(Digest.of(id)) : Optional.empty();
    }
}
