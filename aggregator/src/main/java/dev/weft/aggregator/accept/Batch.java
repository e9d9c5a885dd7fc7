package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.OpenedEnvelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one transaction will append: entries from {@code first} on, and the standing after them. */
final class Batch {
    /**
     * One entry.
     *
     * @param submission what came beside it, and who waits for it
     * @param second the other envelope of an equivocation, where the entry is the evidence of one
     */
    record Entry(long index, OpenedEnvelope opened, Submission submission, Optional<ByteString> second) {}

    private final long first;
    private final Standing standing;
    private final List<Entry> entries = new ArrayList<>();
    private boolean standingChanged;

    Batch(long first, Standing before) {
        this.first = first;
        this.standing = before.copy();
    }

    /** After the entries so far. */
    Standing standing() {
        return standing;
    }

    long nextIndex() {
        return first + entries.size();
    }

    void add(Entry entry) {
        entries.add(entry);
        standingChanged |= StandingFold.changesStanding(entry.opened());
    }

    List<Entry> entries() {
        return entries;
    }

    List<ByteString> bytes() {
        return entries.stream().map(entry -> entry.opened().bytes()).toList();
    }

    boolean standingChanged() {
        return standingChanged;
    }
}
