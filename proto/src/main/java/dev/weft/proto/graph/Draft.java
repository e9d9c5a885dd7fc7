package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The graph as it will be after one entry: what the entry changes so far, laid over what was there before. */
final class Draft {
    private static final int ENTRIES_TOLD = 16;

    private final long index;
    private final GraphView view;
    private final SortedMap<Long, Effect> effects = new TreeMap<>();
    private final Map<VertexRef, Vertex> vertices = new LinkedHashMap<>();
    /** Each look-up is made once: a store pays for what is not there as well. */
    private final Map<VertexRef, Optional<Vertex>> before = new HashMap<>();

    private final List<Link> links = new ArrayList<>();
    private final Cycles cycles;
    private final Map<Digest, RoundStatus> rounds = new LinkedHashMap<>();
    private final Map<Digest, Map<String, Participation>> sites = new LinkedHashMap<>();
    private final Map<Site, Optional<Participation>> sitesBefore = new HashMap<>();
    private final List<Generation> generations = new ArrayList<>();
    private final List<Projected.Waiting> waiting = new ArrayList<>();

    private record Site(Digest round, MemberName member) {}

    Draft(long index, GraphView view) {
        this.index = index;
        this.view = view;
        this.cycles = new Cycles(view, this::isNew);
    }

    Projected done() {
        List<Projected.Said> said = new ArrayList<>(vertices.size());
        vertices.forEach((ref, vertex) -> said.add(new Projected.Said(ref, vertex, isNew(ref))));
        List<Participation> told = new ArrayList<>();
        sites.values().forEach(round -> told.addAll(round.values()));
        return new Projected(
                index,
                effects,
                List.copyOf(said),
                List.copyOf(links),
                List.copyOf(rounds.values()),
                List.copyOf(told),
                List.copyOf(generations),
                List.copyOf(waiting));
    }

    void effect(long entry, Effect effect) {
        effects.put(entry, effect);
    }

    void await(Digest round, long entry) {
        waiting.add(new Projected.Waiting(round, entry));
    }

    List<Long> waitingFor(Digest round) {
        return view.waiting(round);
    }

    /** What walked edges led to before this entry. */
    List<VertexRef> successors(VertexRef from) {
        return view.successors(from);
    }

    Statement statement(long entry) {
        return view.statement(entry);
    }

    Optional<Vertex> vertex(VertexRef ref) {
        Vertex drafted = vertices.get(ref);
        return drafted != null ? Optional.of(drafted) : before(ref);
    }

    private Optional<Vertex> before(VertexRef ref) {
        return before.computeIfAbsent(ref, view::vertex);
    }

    /** Whether nothing before this entry said it: then nothing leads there or from there either. */
    private boolean isNew(VertexRef ref) {
        return before(ref).isEmpty();
    }

    /** Adds a vertex, or adds this entry and these flags to the one that is there. */
    void say(VertexRef ref, Entry entry, Supplier<Vertex.Builder> fresh, Set<Flag> flags) {
        Optional<Vertex> before = vertex(ref);
        String author = entry.author().value();
        if (before.isPresent() && flags.isEmpty() && !before.get().getAuthor().equals(author)) {
            // Somebody else's thing: using it does not make it the user's word.
            return;
        }
        boolean told = before.isPresent() && tells(before.get(), entry.index());
        if (told && (flags.isEmpty() || before.get().getFlagsList().containsAll(flags))) {
            return;
        }
        Vertex.Builder vertex = before.isPresent()
                ? before.get().toBuilder()
                : fresh.get()
                        .setAuthor(author)
                        .setKind(ref.kind())
                        .setKey(ref.key().toByteString());
        if (!told) {
            vertex.addEntries(entry.index());
        }
        if (!flags.isEmpty()) {
            Set<Flag> all = Flags.union(vertex.getFlagsList(), flags);
            vertex.clearFlags().addAllFlags(all);
        }
        vertices.put(ref, vertex.build());
    }

    private static boolean tells(Vertex vertex, long entry) {
        return vertex.getEntriesCount() >= ENTRIES_TOLD
                || vertex.getEntriesList().contains(entry);
    }

    /** Puts a changed vertex in the place of the one that is there. */
    void replace(VertexRef ref, Vertex vertex) {
        vertices.put(ref, vertex);
    }

    /** Adds an edge unless it is there; one that would close a cycle is kept, flagged. */
    void link(VertexRef from, VertexRef to, EdgeKind kind, long entry, Set<Flag> flags) {
        boolean told = !isNew(from) && !isNew(to) && view.hasLink(from, to, kind);
        if (told || cycles.drafted(from, to, kind)) {
            return;
        }
        Set<Flag> all = flags.isEmpty() ? EnumSet.noneOf(Flag.class) : EnumSet.copyOf(flags);
        boolean derives = Walk.follows(kind, all) && kind != EdgeKind.ALTERNATE_OF;
        if (derives && cycles.wouldClose(from, to)) {
            all.add(Flag.CYCLE);
        }
        Link link = new Link(from, to, kind, entry, all);
        links.add(link);
        cycles.add(link);
    }

    Optional<RoundStatus> round(Digest id) {
        RoundStatus drafted = rounds.get(id);
        return drafted != null ? Optional.of(drafted) : view.round(id);
    }

    Optional<Digest> roundAt(String trainingLine, int number) {
        return view.roundAt(trainingLine, number);
    }

    Optional<MemberName> registrantOf(String trainingLine) {
        return view.registrantOf(trainingLine);
    }

    void round(RoundStatus round) {
        rounds.put(Digest.of(round.getId()), round);
    }

    Optional<Participation> site(Digest round, MemberName member) {
        Participation drafted = sites.getOrDefault(round, Map.of()).get(member.value());
        return drafted != null
                ? Optional.of(drafted)
                : sitesBefore.computeIfAbsent(new Site(round, member), site -> view.site(site.round(), site.member()));
    }

    List<Participation> sites(Digest round) {
        Map<String, Participation> all = new TreeMap<>();
        view.sites(round).forEach(site -> all.put(site.site().getMember(), site));
        all.putAll(sites.getOrDefault(round, Map.of()));
        return List.copyOf(all.values());
    }

    void site(Participation site) {
        sites.computeIfAbsent(site.round(), round -> new LinkedHashMap<>())
                .put(site.site().getMember(), site);
    }

    void generated(String digest, MemberName author, VertexRef occurrence) {
        generations.add(new Generation(digest, author, occurrence));
    }

    Optional<VertexRef> newestGeneration(String digest, MemberName author) {
        for (int i = generations.size() - 1; i >= 0; i--) {
            Generation drafted = generations.get(i);
            if (drafted.digest().equals(digest) && drafted.author().equals(author)) {
                return Optional.of(drafted.occurrence());
            }
        }
        return view.newestGeneration(digest, author);
    }

    Optional<Generation> firstGeneration(String digest) {
        return view.firstGeneration(digest)
                .or(() -> generations.stream()
                        .filter(drafted -> drafted.digest().equals(digest))
                        .findFirst());
    }

    boolean severalMade(String digest) {
        return view.severalMade(digest);
    }
}
