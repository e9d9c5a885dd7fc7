package dev.weft.aggregator.publish;

import dev.weft.proto.note.NoteSignature;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One checkpoint and the cosignatures that came for it. Of one thread. */
final class Round {
    private final PublishedHead head;
    private final Instant begun;
    private final long begunNanos = System.nanoTime();
    private final Map<String, NoteSignature> lines = new LinkedHashMap<>();
    private boolean isFinal;
    private int told;

    Round(PublishedHead head, Instant begun) {
        this.head = head;
        this.begun = begun;
    }

    PublishedHead head() {
        return head;
    }

    long size() {
        return head.size();
    }

    Instant begun() {
        return begun;
    }

    /** By a clock that does not jump. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    void add(NoteSignature line) {
        lines.put(line.name(), line);
    }

    boolean has(String witness) {
        return lines.containsKey(witness);
    }

    /** In the order in which they came. */
    List<NoteSignature> lines() {
        return List.copyOf(lines.values());
    }

    boolean isFinal() {
        return isFinal;
    }

    void told() {
        isFinal = true;
        told = lines.size();
    }

    /** There is more to judge it by than there was. */
    void reopen() {
        isFinal = false;
    }

    /** Whether cosignatures came after it was told. */
    boolean hasMore() {
        return isFinal && lines.size() > told;
    }
}
