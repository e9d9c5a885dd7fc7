package dev.weft.node.record;

import java.util.List;

/**
 * What was reached, in order of distance, the start first, and how it hangs together.
 *
 * @param truncated whether there was more than one answer may hold
 */
public record LocalLineage(List<StoredRecord> records, List<Link> links, boolean truncated) {

    /** Records that one answer holds at most. */
    public static final int MAX_RECORDS = 10_000;

    /** Copies the lists. */
    public LocalLineage {
        records = List.copyOf(records);
        links = List.copyOf(links);
    }
}
