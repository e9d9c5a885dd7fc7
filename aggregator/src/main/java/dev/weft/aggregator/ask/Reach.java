package dev.weft.aggregator.ask;

import dev.weft.aggregator.graph.GraphQuery;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** All vertices that walked edges lead to, level by level. */
final class Reach {
    /** Forward leads to what stands behind a thing, backward to what was made from it. */
    enum Direction {
        BEHIND,
        FROM
    }

    private final SortedSet<Long> reached = new TreeSet<>();
    private boolean cut;

    private Reach() {}

    /** @param depth edges from the start at most; 0: all */
    static Reach walk(GraphQuery graph, List<Long> starts, Direction direction, int depth) throws SQLException {
        Reach reach = new Reach();
        reach.reached.addAll(starts);
        List<Long> level = starts;
        for (int steps = 0; !level.isEmpty(); steps++) {
            List<Long> next = new ArrayList<>();
            for (long id : level) {
                for (long neighbour : direction == Direction.BEHIND ? graph.walkedFrom(id) : graph.walkedTo(id)) {
                    if (depth > 0 && steps >= depth) {
                        reach.cut |= !reach.reached.contains(neighbour);
                    } else if (reach.reached.add(neighbour)) {
                        next.add(neighbour);
                    }
                }
            }
            level = next;
        }
        return reach;
    }

    SortedSet<Long> reached() {
        return reached;
    }

    /** Whether the depth left something out. */
    boolean cut() {
        return cut;
    }
}
