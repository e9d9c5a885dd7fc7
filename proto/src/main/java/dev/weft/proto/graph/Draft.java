package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayList;
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
    /** Each look-up is made once: a store pays for what is not there as well. */
    private final Map<VertexRef, Touched> touched = new HashMap<>();
    /** In the order in which they were first said. */
    private final List<Touched> said = new ArrayList<>();

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
        this.cycles = new Cycles(view, this::touched);
    }

    Projected done() {
        List<Projected.Said> vertices = new ArrayList<>(said.size());
        for (Touched each : said) {
            vertices.add(new Projected.Said(each.ref(), each.vertex().orElseThrow(), each.isNew()));
        }
        List<Participation> told = new ArrayList<>();
        sites.values().forEach(round -> told.addAll(round.values()));
        return new Projected(
                index,
                effects,
                List.copyOf(vertices),
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
        return touched(ref).vertex();
    }

    private Touched touched(VertexRef ref) {
        Touched known = touched.get(ref);
        if (known == null) {
            known = new Touched(ref, view.vertex(ref));
            touched.put(ref, known);
        }
        return known;
    }

    /** Adds a vertex, or adds this entry and these flags to the one that is there. */
    void say(VertexRef ref, Entry entry, Supplier<Vertex.Builder> fresh, Set<Flag> flags) {
        Touched place = touched(ref);
        Optional<Vertex> before = place.vertex();
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
        change(place, vertex.build());
    }

    private void change(Touched place, Vertex vertex) {
        if (place.isUnchanged()) {
            said.add(place);
        }
        place.change(vertex);
    }

    private static boolean tells(Vertex vertex, long entry) {
        int count = vertex.getEntriesCount();
        boolean tells = count >= ENTRIES_TOLD;
        for (int i = 0; !tells && i < count; i++) {
            tells = vertex.getEntries(i) == entry;
        }
        return tells;
    }

    /** Puts a changed vertex in the place of the one that is there. */
    void replace(VertexRef ref, Vertex vertex) {
        change(touched(ref), vertex);
    }

    /** Adds an edge unless it is there; one that would close a cycle is kept, flagged. */
    void link(VertexRef from, VertexRef to, EdgeKind kind, long entry, Set<Flag> flags) {
        Touched begin = touched(from);
        Touched end = touched(to);
        boolean told = !begin.isNew() && !end.isNew() && view.hasLink(from, to, kind);
        if (told || begin.hasLink(to, kind)) {
            return;
        }
        boolean walked = Walk.follows(kind, flags);
        boolean closes = walked && kind != EdgeKind.ALTERNATE_OF && cycles.wouldClose(begin, to);
        Link link = new Link(from, to, kind, entry, closes ? Flags.union(flags, Set.of(Flag.CYCLE)) : flags);
        links.add(link);
        begin.add(link);
        if (walked && !closes) {
            end.leadTo();
        }
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
