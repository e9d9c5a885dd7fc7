package dev.weft.node.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The site's lineage as datasets and jobs: all versions of a name are one dataset, and a job stands for all its runs, also
 * those that an old version of it made. Read at one moment, and small enough to be read at once.
 */
public final class JobGraph {

    /** Records that are looked through at most, and runs of one node that are. */
    private static final int MOST = 100_000;

    private static final int RUNS = 1_000;
    private static final int PAGE = 1_000;
    private static final String JOB = "job:";

    /** A dataset or model ({@code job} false), or a job, by its name in its namespace. */
    public record Name(boolean job, String namespace, String name) implements Comparable<Name> {
        @Override
        public int compareTo(Name other) {
            return toString().compareTo(other.toString());
        }

        /** As Marquez writes it: {@code dataset:NAMESPACE:NAME}. */
        @Override
        public String toString() {
            return (job ? "job:" : "dataset:") + namespace + ":" + name;
        }
    }

    /** That data went from one to the other: from a dataset into a job, or from a job into a dataset. */
    public record Edge(Name from, Name to) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            int first = from.compareTo(other.from);
            return first != 0 ? first : to.compareTo(other.to);
        }
    }

    /** What was reached. */
    public record Reached(SortedMap<Name, StoredRecord> nodes, SortedSet<Edge> edges) {}

    private final Connection connection;
    private final Map<Long, Name> names = new HashMap<>();
    private final SortedMap<Name, List<StoredRecord>> versions = new TreeMap<>();

    /** Reads the names; the connection is the caller's. */
    public JobGraph(Connection connection) throws SQLException {
        this.connection = connection;
        for (Kind kind : List.of(Kind.DATASET, Kind.MODEL, Kind.CODE)) {
            read(kind);
        }
    }

    private void read(Kind kind) throws SQLException {
        long after = -1;
        List<StoredRecord> page;
        do {
            page = RecordQuery.list(connection, Optional.of(kind), after, PAGE);
            for (StoredRecord record : page) {
                Name name = new Name(
                        kind == Kind.CODE,
                        text(record, "field.namespace").orElse(record.source()),
                        text(record, "name").orElse("record " + record.id()));
                names.put(record.id(), name);
                versions.computeIfAbsent(name, unused -> new ArrayList<>()).add(record);
                after = record.id();
            }
        } while (page.size() == PAGE && names.size() < MOST);
    }

    private static Optional<String> text(StoredRecord record, String field) {
        return record.value(field).map(value -> value.display());
    }

    /** The datasets, or the jobs, of a namespace, each with its first record. */
    public SortedMap<Name, StoredRecord> all(boolean jobs, String namespace) {
        SortedMap<Name, StoredRecord> found = new TreeMap<>();
        versions.forEach((name, records) -> {
            if (name.job() == jobs && name.namespace().equals(namespace)) {
                found.put(name, records.get(0));
            }
        });
        return found;
    }

    /** Every namespace, with when it was first heard of. */
    public SortedMap<String, StoredRecord> namespaces() {
        SortedMap<String, StoredRecord> found = new TreeMap<>();
        versions.forEach((name, records) ->
                found.merge(name.namespace(), records.get(0), (one, other) -> one.id() < other.id() ? one : other));
        return found;
    }

    /** What a node id names; a colon may stand in the namespace as well as in the name. */
    public Optional<Name> find(String nodeId) {
        return versions.keySet().stream()
                .filter(name -> name.toString().equals(nodeId))
                .findFirst();
    }

    /** All within so many steps of a node, up and down. */
    public Reached around(Name start, int depth) throws SQLException {
        Map<Name, Integer> distances = new LinkedHashMap<>(Map.of(start, 0));
        SortedSet<Edge> edges = new TreeSet<>();
        Deque<Name> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Name at = open.remove();
            int distance = distances.getOrDefault(at, 0);
            if (distance >= depth) {
                continue;
            }
            for (Edge edge : edges(at)) {
                edges.add(edge);
                Name next = edge.from().equals(at) ? edge.to() : edge.from();
                if (distances.putIfAbsent(next, distance + 1) == null) {
                    open.add(next);
                }
            }
        }
        SortedMap<Name, StoredRecord> nodes = new TreeMap<>();
        distances
                .keySet()
                .forEach(name ->
                        nodes.put(name, versions.getOrDefault(name, List.of()).get(0)));
        return new Reached(nodes, edges);
    }

    private SortedSet<Edge> edges(Name at) throws SQLException {
        SortedSet<Edge> edges = new TreeSet<>();
        List<Role> roles = at.job() ? List.of(Role.CODE) : List.of(Role.INPUT, Role.OUTPUT);
        for (StoredRecord record : versions.getOrDefault(at, List.of())) {
            for (Role role : roles) {
                for (long run : RecordQuery.having(connection, record.id(), role, RUNS)) {
                    edges.addAll(ofRun(run).stream()
                            .filter(edge -> edge.from().equals(at) || edge.to().equals(at))
                            .toList());
                }
            }
        }
        return edges;
    }

    private List<Edge> ofRun(long run) throws SQLException {
        List<Edge> edges = new ArrayList<>();
        for (Name job : jobs(run)) {
            for (long input : RecordQuery.usedBy(connection, run, Role.INPUT)) {
                Optional.ofNullable(names.get(input)).ifPresent(name -> edges.add(new Edge(name, job)));
            }
            for (long output : RecordQuery.usedBy(connection, run, Role.OUTPUT)) {
                Optional.ofNullable(names.get(output)).ifPresent(name -> edges.add(new Edge(job, name)));
            }
        }
        return edges;
    }

    /** The run's job; where no tool named one, the code that it ran. */
    private List<Name> jobs(long run) throws SQLException {
        List<Name> code = new ArrayList<>();
        for (long id : RecordQuery.usedBy(connection, run, Role.CODE)) {
            Name name = names.get(id);
            if (name == null) {
                continue;
            }
            boolean job = versions.getOrDefault(name, List.of()).stream()
                    .anyMatch(record ->
                            record.id() == id && record.externalId().orElse("").startsWith(JOB));
            if (job) {
                return List.of(name);
            }
            code.add(name);
        }
        return code;
    }
}
