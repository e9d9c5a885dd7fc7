package dev.weft.aggregator.graph;

import dev.weft.aggregator.graph.PlaceStore.Space;
import dev.weft.proto.graph.VertexRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * Keeps the sorted runs and the ways back while the graph grows: a segment at a time, sorted, so that nothing in random or
 * scattered order is written for a single entry. What stands where depends on the vertices' numbers alone.
 */
final class Indexing {
    private final PlaceStore keys;
    private final PlaceStore labels;
    private final BlockStore blocks;
    private final EdgeStore edges;
    private final KeyFilter filter;
    private final Tail tail = new Tail();
    private long last;

    /** Reads the tail, and the filter where it is empty. */
    Indexing(Statements db, long federation, BlockStore blocks, EdgeStore edges, KeyFilter filter) throws SQLException {
        this.keys = new PlaceStore(db, federation, Space.KEY);
        this.labels = new PlaceStore(db, federation, Space.LABEL);
        this.blocks = blocks;
        this.edges = edges;
        this.filter = filter;
        this.last = blocks.last();
        blocks.above(Run.indexed(last), tail::add);
        if (filter.isEmpty()) {
            for (Run run : Run.all(last)) {
                fill(run, keys.read(run));
            }
        }
    }

    /** The number of the newest vertex. */
    long last() {
        return last;
    }

    Tail tail() {
        return tail;
    }

    OptionalLong number(VertexRef ref) throws SQLException {
        Long inTail = tail.number(ref);
        if (inTail != null) {
            return OptionalLong.of(inTail);
        }
        long print = Print.key(ref);
        return filter.mayHoldAnywhere(print) ? sought(ref, print) : OptionalLong.empty();
    }

    private OptionalLong sought(VertexRef ref, long print) throws SQLException {
        for (Run run : Run.all(last)) {
            OptionalLong number = filter.mayHold(run.highest(), print)
                    ? VertexIndex.number(ref, print, run, keys, blocks)
                    : OptionalLong.empty();
            if (number.isPresent()) {
                return number;
            }
        }
        return OptionalLong.empty();
    }

    /** Takes the next block, which is stored. */
    void add(Block block) throws SQLException {
        tail.add(block);
        last = block.last();
        long segment = Run.segment(block.first());
        long next = Run.segment(last + 1);
        if (next > segment) {
            close(new Run(0, segment));
            for (int level = 1; level <= Run.HIGHEST; level++) {
                long number = segment / Run.segments(level);
                if (next / Run.segments(level) > number) {
                    merge(new Run(level, number));
                }
            }
        }
    }

    private void close(Run run) throws SQLException {
        List<Place> placed = tail.keys();
        write(keys, run, placed);
        write(labels, run, tail.labels());
        edges.insertBack(tail.arcs());
        tail.clear();
        fill(run, placed);
    }

    private void fill(Run run, List<Place> places) {
        for (Place place : places) {
            filter.add(run.highest(), place.print());
        }
    }

    private void merge(Run into) throws SQLException {
        for (PlaceStore space : List.of(keys, labels)) {
            List<Place> all = new ArrayList<>();
            for (int i = 0; i < Run.FAN; i++) {
                Run part = new Run(into.level() - 1, into.number() * Run.FAN + i);
                all.addAll(space.read(part));
                space.delete(part);
            }
            write(space, into, all);
        }
    }

    private static void write(PlaceStore space, Run run, List<Place> places) throws SQLException {
        Collections.sort(places);
        space.write(run, places);
    }
}
