package dev.weft.aggregator.accept;

import dev.weft.aggregator.publish.PublishedHead;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares the heads that authors say they have verified with the log's own. A statement that contradicts the log is
 * appended all the same, since it is one half of a fork proof; somebody has to look (docs/protocol.md section 5).
 */
final class SeenWatch {
    private static final int KEPT = 256;

    private final SecurityEvents events;
    /** The log's own roots at sizes that were asked for of late; authors name few. */
    private final Map<Long, Digest> roots = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Digest> eldest) {
            return size() > KEPT;
        }
    };

    SeenWatch(SecurityEvents events) {
        this.events = events;
    }

    void look(long index, Header header, PublishedHead published) {
        if (!header.hasSeen()) {
            return;
        }
        Head seen = header.getSeen();
        if (seen.getSize() > published.size()
                || !root(seen.getSize(), published).equals(Digest.of(seen.getRoot()))) {
            events.raise(new SecurityEvent.SeenContradiction(header.getAuthor(), index, seen.getSize()));
        }
    }

    private Digest root(long size, PublishedHead published) {
        return roots.computeIfAbsent(
                size, at -> Frontier.from(published.log(), at).head().root());
    }
}
