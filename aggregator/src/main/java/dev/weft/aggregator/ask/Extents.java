package dev.weft.aggregator.ask;

import dev.weft.proto.v1.Question;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last long answers reach, so that their next pages need not walk anew. Numbers alone, a few megabytes at most;
 * good only for the graph of as many entries. Any thread.
 */
final class Extents {
    private static final int MOST = 4;
    private static final int SIZE_AT_MOST = 500_000;

    private record Asked(Question question, long projected) {}

    /** Walks the graph. */
    interface Walk {
        Extent walk() throws SQLException;
    }

    private final Map<Asked, Extent> last = new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Extent> eldest) {
            return size() > MOST;
        }
    };

    /** The extent of a question over the graph of so many entries; walks where it is not at hand. */
    Extent of(Question question, long projected, Walk walk) throws SQLException {
        Asked asked = new Asked(PageToken.asked(question), projected);
        Extent known = get(asked);
        if (known != null) {
            return known;
        }
        Extent walked = walk.walk();
        if (walked.size() > Limits.pageSize(question) && walked.size() <= SIZE_AT_MOST) {
            put(asked, walked);
        }
        return walked;
    }

    private synchronized @Nullable Extent get(Asked asked) {
        return last.get(asked);
    }

    private synchronized void put(Asked asked, Extent extent) {
        last.put(asked, extent);
    }
}
