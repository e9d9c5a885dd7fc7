package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The graph in memory: what a verifier projects a bundle into, and the measure of every other store. Vertices are numbered
 * from 1 in order of first appearance. Not for concurrent use.
 */
public final class MemoryGraph implements GraphView {
    private record Place(String trainingLine, int number) {}

    private record Made(String digest, MemberName author) {}

    /** Those that a later entry may ask for. */
    private final Map<Long, Statement> statements = new HashMap<>();

    private long next;
    private final Map<VertexRef, Vertex> vertices = new LinkedHashMap<>();
    private final List<Link> links = new ArrayList<>();
    private final Map<VertexRef, List<Link>> from = new HashMap<>();
    private final Map<VertexRef, List<Link>> to = new HashMap<>();
    private final Map<Digest, RoundStatus> rounds = new LinkedHashMap<>();
    private final Map<Place, Digest> places = new HashMap<>();
    private final Map<String, MemberName> lines = new HashMap<>();
    private final Map<Digest, SortedMap<String, Participation>> sites = new HashMap<>();
    private final Map<Made, VertexRef> newest = new HashMap<>();
    private final Map<String, List<Generation>> generations = new HashMap<>();
    private final Map<Digest, List<Long>> waiting = new HashMap<>();
    private final SortedMap<Long, Effect> effects = new TreeMap<>();

    /** Projects the next entry of the log into this graph. */
    public Projected add(Statement statement) {
        return add(next, statement);
    }

    /**
     * Projects the entry at {@code index}, which is above all projected before. Where entries are left out the graph is that
     * of the entries that were added, and says nothing of the others.
     */
    public Projected add(long index, Statement statement) {
        if (index < next) {
            throw new IllegalArgumentException("Entry " + index + " comes after entry " + (next - 1));
        }
        next = index + 1;
        Projected projected = Projection.project(index, statement, this);
        if (!projected.waiting().isEmpty() || statement.predicate().orElse(null) instanceof Round) {
            statements.put(index, statement);
        }
        store(projected);
        return projected;
    }

    private void store(Projected projected) {
        effects.putAll(projected.effects());
        projected.vertices().forEach(this::store);
        projected.links().forEach(this::store);
        projected.rounds().forEach(this::store);
        projected
                .sites()
                .forEach(site -> sites.computeIfAbsent(site.round(), round -> new TreeMap<>())
                        .put(site.site().getMember(), site));
        projected.generations().forEach(this::store);
        projected
                .waiting()
                .forEach(wait -> waiting.computeIfAbsent(wait.round(), round -> new ArrayList<>())
                        .add(wait.index()));
    }

    private void store(Projected.Said added) {
        Vertex before = vertices.get(added.ref());
        long id = before == null ? vertices.size() + 1L : before.getId();
        vertices.put(added.ref(), added.vertex().toBuilder().setId(id).build());
    }

    private void store(Link link) {
        links.add(link);
        from.computeIfAbsent(link.from(), ref -> new ArrayList<>()).add(link);
        to.computeIfAbsent(link.to(), ref -> new ArrayList<>()).add(link);
    }

    private void store(RoundStatus round) {
        Digest id = Digest.of(round.getId());
        rounds.put(id, round);
        places.put(new Place(round.getTrainingLine(), round.getNumber()), id);
        lines.put(round.getTrainingLine(), new MemberName(round.getRegistrant()));
    }

    private void store(Generation generation) {
        newest.put(new Made(generation.digest(), generation.author()), generation.occurrence());
        generations
                .computeIfAbsent(generation.digest(), digest -> new ArrayList<>())
                .add(generation);
    }

    /** Entries below this one are projected, as far as they were added. */
    public int size() {
        return Math.toIntExact(next);
    }

    /** All vertices, in order of their numbers. */
    public List<Vertex> vertices() {
        return List.copyOf(vertices.values());
    }

    /** All edges, in the order in which they were said. */
    public List<Edge> edges() {
        return links.stream().map(this::edge).toList();
    }

    private Edge edge(Link link) {
        return Edge.newBuilder()
                .setFrom(number(link.from()))
                .setTo(number(link.to()))
                .setKind(link.kind())
                .setEntry(link.entry())
                .addAllFlags(Flags.of(link.flags()))
                .build();
    }

    private long number(VertexRef ref) {
        Vertex vertex = vertices.get(ref);
        if (vertex == null) {
            throw new IllegalStateException("An edge leads to " + ref + ", which nobody said");
        }
        return vertex.getId();
    }

    /** What became of each entry so far. */
    public Effect effect(long index) {
        Effect effect = effects.get(index);
        if (effect == null) {
            throw new IllegalArgumentException("Entry " + index + " is not projected");
        }
        return effect;
    }

    /** Edges that lead here, flagged ones too. */
    public List<Link> linksTo(VertexRef ref) {
        return List.copyOf(to.getOrDefault(ref, List.of()));
    }

    /** Edges that lead from here, flagged ones too. */
    public List<Link> linksFrom(VertexRef ref) {
        return List.copyOf(from.getOrDefault(ref, List.of()));
    }

    @Override
    public Optional<Vertex> vertex(VertexRef ref) {
        return Optional.ofNullable(vertices.get(ref));
    }

    @Override
    public boolean hasLink(VertexRef begin, VertexRef end, EdgeKind kind) {
        return from.getOrDefault(begin, List.of()).stream()
                .anyMatch(link -> link.kind() == kind && link.to().equals(end));
    }

    @Override
    public List<VertexRef> successors(VertexRef begin) {
        return from.getOrDefault(begin, List.of()).stream()
                .filter(link -> Walk.follows(link.kind(), link.flags()))
                .map(Link::to)
                .toList();
    }

    @Override
    public boolean hasPredecessors(VertexRef end) {
        return to.getOrDefault(end, List.of()).stream().anyMatch(link -> Walk.follows(link.kind(), link.flags()));
    }

    @Override
    public Optional<RoundStatus> round(Digest id) {
        return Optional.ofNullable(rounds.get(id));
    }

    @Override
    public Optional<Digest> roundAt(String trainingLine, int number) {
        return Optional.ofNullable(places.get(new Place(trainingLine, number)));
    }

    @Override
    public Optional<MemberName> registrantOf(String trainingLine) {
        return Optional.ofNullable(lines.get(trainingLine));
    }

    @Override
    public Optional<Participation> site(Digest round, MemberName member) {
        return Optional.ofNullable(sites.getOrDefault(round, new TreeMap<>()).get(member.value()));
    }

    @Override
    public List<Participation> sites(Digest round) {
        return List.copyOf(sites.getOrDefault(round, new TreeMap<>()).values());
    }

    @Override
    public Optional<VertexRef> newestGeneration(String digest, MemberName author) {
        return Optional.ofNullable(newest.get(new Made(digest, author)));
    }

    @Override
    public Optional<Generation> firstGeneration(String digest) {
        return generations.getOrDefault(digest, List.of()).stream().findFirst();
    }

    @Override
    public boolean severalMade(String digest) {
        return generations.getOrDefault(digest, List.of()).stream()
                        .map(Generation::author)
                        .distinct()
                        .count()
                > 1;
    }

    @Override
    public Statement statement(long index) {
        Statement statement = statements.get(index);
        if (statement == null) {
            throw new IllegalArgumentException("No later entry asks for entry " + index);
        }
        return statement;
    }

    @Override
    public List<Long> waiting(Digest round) {
        return List.copyOf(waiting.getOrDefault(round, List.of()));
    }
}
