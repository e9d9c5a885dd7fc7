package dev.weft.proto.graph;

import static dev.weft.proto.TestFederation.hash;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A federation whose every statement is projected as it is appended, and short words for what its members say. */
final class Story {
    static final String LINE = "line";

    final TestFederation federation = new TestFederation();
    final MemoryGraph graph = new MemoryGraph();
    final Author coordinator;

    Story() throws VerificationException {
        coordinator = join("coordinator", Role.COORDINATOR);
    }

    Author join(String name, Role role) throws VerificationException {
        Author author = federation.join(name, role);
        project();
        return author;
    }

    Author site(String name) throws VerificationException {
        return join(name, Role.SITE);
    }

    /** Appends and projects; the id of what was said. */
    Digest say(Author author, Message body) throws VerificationException {
        Digest id = author.say(body).statement().id();
        project();
        return id;
    }

    void project() {
        for (int i = graph.size(); i < federation.log().size(); i++) {
            graph.add(federation.log().get(i).statement());
        }
    }

    /** Why the entry said last had no effect, if it had none. */
    Optional<Reason> refusal() {
        return graph.effect(federation.log().size() - 1L).without();
    }

    Digest register(int number, Optional<Digest> predecessor, ArtifactRef model) throws VerificationException {
        return say(coordinator, registration(number, predecessor, model));
    }

    static Round registration(int number, Optional<Digest> predecessor, ArtifactRef model) {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine(LINE)
                .setNumber(number)
                .setProtocol(TrainingProtocol.newBuilder().setAggregation("fedavg"))
                .setInputModel(model);
        predecessor.ifPresent(before -> register.setPredecessor(before.toByteString()));
        return Round.newBuilder().setRegister(register).build();
    }

    /** Registers and opens the first round. */
    Digest opened(Author... expected) throws VerificationException {
        Digest round = register(1, Optional.empty(), model("start"));
        open(round, expected);
        return round;
    }

    void open(Digest round, Author... expected) throws VerificationException {
        say(coordinator, opening(round, expected));
    }

    static Round opening(Digest round, Author... expected) {
        Open.Builder open = Open.newBuilder().setRound(round.toByteString());
        Stream.of(expected).map(author -> author.name().value()).sorted().forEach(open::addExpected);
        return Round.newBuilder().setOpen(open).build();
    }

    Digest part(Author by, Digest round, Received... received) throws VerificationException {
        ClosePart.Builder part = ClosePart.newBuilder().setRound(round.toByteString());
        for (int i = 0; i < received.length; i++) {
            part.addReceived(received[i].toBuilder().setArrival(i));
        }
        return say(by, Round.newBuilder().setClosePart(part).build());
    }

    /** One part and the close that names it. */
    void close(Digest round, ArtifactRef output, Received... received) throws VerificationException {
        Close.Builder close = Close.newBuilder().setRound(round.toByteString()).setOutputModel(output);
        if (received.length > 0) {
            close.addParts(part(coordinator, round, received).toByteString());
        }
        say(coordinator, Round.newBuilder().setClose(close).build());
    }

    Digest contribute(Author site, Digest round, ArtifactRef input, Run... runs) throws VerificationException {
        return say(site, contribution(site, round, input, runs));
    }

    static Contribution contribution(Author site, Digest round, ArtifactRef input, Run... runs) {
        return Contribution.newBuilder()
                .setRound(round.toByteString())
                .setInputModel(input)
                .setWireDigest(wire(site))
                .addAllRuns(List.of(runs))
                .build();
    }

    void progress(Author site, Digest round, ProgressState state) throws VerificationException {
        say(
                site,
                Progress.newBuilder()
                        .setRound(round.toByteString())
                        .setState(state)
                        .build());
    }

    /** A round in which these sites are expected, train on their own datasets, and are accepted. */
    Digest round(int number, Optional<Digest> predecessor, String input, String output, Author... sites)
            throws VerificationException {
        Digest round = register(number, predecessor, model(input));
        open(round, sites);
        List<Received> received = new ArrayList<>();
        for (Author site : sites) {
            contribute(site, round, model(input), training(site, number));
            received.add(accepted(site));
        }
        close(round, model(output), received.toArray(Received[]::new));
        return round;
    }

    static Run training(Author site, int number) {
        return run(site.name() + "/" + number, RunKind.TRAIN)
                .addInputs(dataset(site))
                .build();
    }

    static Run.Builder run(String name, RunKind kind) {
        return Run.newBuilder().setId(secret(ArtifactKind.RUN, name)).setKind(kind);
    }

    static ArtifactRef dataset(Author site) {
        return secret(ArtifactKind.DATASET, site.name() + " dataset");
    }

    /** An artifact that its owner states as a commitment. */
    static ArtifactRef secret(ArtifactKind kind, String name) {
        return ArtifactRef.newBuilder().setKind(kind).setCommitment(hash(name)).build();
    }

    static ArtifactRef model(String name) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.MODEL)
                .setDigest(ContentDigest.model(Digest.of(hash(name))).toString())
                .build();
    }

    static ArtifactRef takenFrom(ArtifactRef model, Digest statement) {
        return model.toBuilder().setFrom(statement.toByteString()).build();
    }

    static String wire(Author site) {
        return "sha256:" + Digest.of(hash(site.name() + " update")).hex();
    }

    static Received accepted(Author site) {
        return received(site, Verdict.ACCEPTED, "");
    }

    static Received received(Author site, Verdict verdict, String reason) {
        return Received.newBuilder()
                .setMember(site.name().value())
                .setWireDigest(wire(site))
                .setVerdict(verdict)
                .setReason(reason)
                .build();
    }

    RoundStatus status(Digest round) {
        return graph.round(round).orElseThrow();
    }

    SiteInRound in(Digest round, Author site) {
        return graph.site(round, site.name()).orElseThrow().site();
    }

    VertexRef output(Digest round) {
        return modelAt(status(round).getOutputVertex());
    }

    VertexRef input(Digest round) {
        return modelAt(status(round).getInputVertex());
    }

    private static VertexRef modelAt(ByteString key) {
        return new VertexRef(VertexKind.MODEL_VERTEX, Digest.of(key));
    }

    Vertex vertex(VertexRef ref) {
        return graph.vertex(ref).orElseThrow();
    }

    VertexRef artifact(Author site, ArtifactRef artifact) {
        return VertexRef.artifact(site.name(), artifact);
    }

    /** All that stands behind a vertex, itself included. */
    Set<VertexRef> behind(VertexRef start) {
        return walk(start, true);
    }

    /** All that was made from a vertex, itself included. */
    Set<VertexRef> madeFrom(VertexRef start) {
        return walk(start, false);
    }

    private Set<VertexRef> walk(VertexRef start, boolean behind) {
        Set<VertexRef> seen = new LinkedHashSet<>(Set.of(start));
        Deque<VertexRef> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            VertexRef at = open.remove();
            for (Link link : behind ? graph.linksFrom(at) : graph.linksTo(at)) {
                VertexRef next = behind ? link.to() : link.from();
                if (Walk.follows(link.kind(), link.flags()) && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    /** Who said the vertices, without agents and contents. */
    Set<String> authors(Set<VertexRef> vertices) {
        Set<String> authors = new LinkedHashSet<>();
        vertices.forEach(ref -> authors.add(vertex(ref).getAuthor()));
        return authors;
    }
}
