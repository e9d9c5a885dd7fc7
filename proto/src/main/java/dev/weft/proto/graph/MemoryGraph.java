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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The graph in memory: what a verifier projects a bundle into, and the measure of every other store. Vertices are numbered
 * from 1 in the order in which they were said. A bundle of 100,000 statements has a million vertices and two million edges:
 * they stand in arrays, and an object is made of one when it is asked for. Not for concurrent use.
 */
public final class MemoryGraph implements GraphView {
    private record Place(String trainingLine, int number) {}

    /** Those that a later entry may ask for. */
    private final Map<Long, Statement> statements = new HashMap<>();

    private long next;
    private final Effects effects = new Effects();
    private final VertexTable refs = new VertexTable();
    private final PackedVertices vertices = new PackedVertices();
    private final LinkTable links = new LinkTable();
    private final Makers makers = new Makers();
    private final Map<Digest, RoundStatus> rounds = new LinkedHashMap<>();
    private final Map<Place, Digest> places = new HashMap<>();
    private final Map<String, MemberName> lines = new HashMap<>();
    private final Map<Digest, SortedMap<String, Participation>> sites = new HashMap<>();
    private final Map<Digest, List<Long>> waiting = new HashMap<>();

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
        effects.add(projected.index());
        projected.effects().forEach(effects::set);
        for (Projected.Said said : projected.vertices()) {
            vertices.put(refs.number(said.ref()), said.vertex());
        }
        store(projected.links());
        projected.rounds().forEach(this::store);
        for (Participation site : projected.sites()) {
            sites.computeIfAbsent(site.round(), round -> new TreeMap<>())
                    .put(site.site().getMember(), site);
        }
        for (Generation made : projected.generations()) {
            makers.add(made.digest(), made.author(), refs.number(made.occurrence()));
        }
        for (Projected.Waiting wait : projected.waiting()) {
            waiting.computeIfAbsent(wait.round(), round -> new ArrayList<>()).add(wait.index());
        }
    }

    /** Edges from one vertex mostly follow each other. */
    private void store(List<Link> said) {
        int from = -1;
        @Nullable VertexRef last = null;
        for (Link link : said) {
            if (!link.from().equals(last)) {
                last = link.from();
                from = refs.number(last);
            }
            int to = refs.number(link.to());
            links.add(from, to, link, effects.number(link.entry()), refs.count());
        }
    }

    private void store(RoundStatus round) {
        Digest id = Digest.of(round.getId());
        rounds.put(id, round);
        places.put(new Place(round.getTrainingLine(), round.getNumber()), id);
        lines.put(round.getTrainingLine(), new MemberName(round.getRegistrant()));
    }

    /** Entries below this one are projected, as far as they were added. */
    public int size() {
        return Math.toIntExact(next);
    }

    /** All vertices, in order of their numbers. */
    public List<Vertex> vertices() {
        return vertices.all();
    }

    /** All edges, in the order in which they were said. */
    public List<Edge> edges() {
        return IntStream.range(0, links.count()).mapToObj(this::edge).toList();
    }

    private Edge edge(int link) {
        return Edge.newBuilder()
                .setFrom(id(links.from(link)))
                .setTo(id(links.to(link)))
                .setKind(links.kind(link))
                .setEntry(effects.index(links.entry(link)))
                .addAllFlags(links.flags(link))
                .build();
    }

    private long id(int number) {
        if (!vertices.has(number)) {
            throw new IllegalStateException("An edge leads to " + refs.ref(number) + ", which nobody said");
        }
        return vertices.id(number);
    }

    /** What became of each entry so far. */
    public Effect effect(long index) {
        return effects.get(index);
    }

    /** Edges that lead here, flagged ones too. */
    public List<Link> linksTo(VertexRef ref) {
        List<Link> all = new ArrayList<>();
        links.anyTo(refs.find(ref), link -> !all.add(link(link)));
        return List.copyOf(all);
    }

    /** Edges that lead from here, flagged ones too. */
    public List<Link> linksFrom(VertexRef ref) {
        List<Link> all = new ArrayList<>();
        links.anyFrom(refs.find(ref), link -> !all.add(link(link)));
        return List.copyOf(all);
    }

    private Link link(int link) {
        return new Link(
                refs.ref(links.from(link)),
                refs.ref(links.to(link)),
                links.kind(link),
                effects.index(links.entry(link)),
                links.flags(link));
    }

    /** What stands behind a model. */
    public Ancestry behind(String model) {
        return Ancestry.of(model, refs, vertices, links, effects);
    }

    @Override
    public Optional<Vertex> vertex(VertexRef ref) {
        int number = refs.find(ref);
        return vertices.has(number) ? Optional.of(vertices.get(number)) : Optional.empty();
    }

    @Override
    public boolean hasLink(VertexRef begin, VertexRef end, EdgeKind kind) {
        int from = refs.find(begin);
        int to = refs.find(end);
        return from >= 0 && to >= 0 && links.has(from, to, kind);
    }

    @Override
    public List<VertexRef> successors(VertexRef begin) {
        List<VertexRef> all = new ArrayList<>();
        links.anyFrom(refs.find(begin), link -> links.isWalked(link) && !all.add(refs.ref(links.to(link))));
        return all;
    }

    @Override
    public boolean hasPredecessors(VertexRef end) {
        return links.anyTo(refs.find(end), links::isWalked);
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
        SortedMap<String, Participation> there = sites.get(round);
        return there == null ? Optional.empty() : Optional.ofNullable(there.get(member.value()));
    }

    @Override
    public List<Participation> sites(Digest round) {
        SortedMap<String, Participation> there = sites.get(round);
        return there == null ? List.of() : List.copyOf(there.values());
    }

    @Override
    public Optional<VertexRef> newestGeneration(String digest, MemberName author) {
        int newest = makers.newest(digest, author);
        return newest < 0 ? Optional.empty() : Optional.of(refs.ref(newest));
    }

    @Override
    public Optional<Generation> firstGeneration(String digest) {
        return makers.first(digest).map(first -> new Generation(digest, first.author(), refs.ref(first.first())));
    }

    @Override
    public boolean severalMade(String digest) {
        return makers.several(digest);
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
