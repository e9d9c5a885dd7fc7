package dev.weft.aggregator.graph;

import java.util.Comparator;

/**
 * Where something is told by its {@link Print}.
 *
 * @param id number of the vertex
 */
record Place(long print, long id) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparingLong(Place::print).thenComparingLong(Place::id);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
