package dev.weft.aggregator.publish;

import dev.weft.proto.log.LogView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What readers may know of the log: the newest anchored head. Any thread. */
public final class Published {
    private final List<Consumer<PublishedHead>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable PublishedHead current;

    Published() {}

    /** The newest anchored head, with what proves things at its size. */
    public PublishedHead current() {
        PublishedHead head = current;
        if (head == null) {
            throw new IllegalStateException("nothing is published before entry 0");
        }
        return head;
    }

    /** The log at the size of {@link #current}; where both are needed, take them from one {@link PublishedHead}. */
    public LogView log() {
        return current().log();
    }

    /** Called on the log's own thread after each publication; must return at once. */
    public void listen(Consumer<PublishedHead> listener) {
        listeners.add(listener);
    }

    void set(PublishedHead head) {
        current = head;
        listeners.forEach(listener -> listener.accept(head));
    }
}
