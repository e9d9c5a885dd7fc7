package dev.weft.it.load;

import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.v1.FinalCheckpoint;
import java.util.TreeMap;

/** When statements became final, judged by the cosignatures themselves. */
final class FinalityTally {
    private final WitnessPolicy policy;
    private final Tally latencies = new Tally();
    private final TreeMap<Long, Long> waiting = new TreeMap<>();
    private long finalSize;

    FinalityTally(WitnessPolicy policy) {
        this.policy = policy;
    }

    synchronized void receipt(long index, long due) {
        if (index < finalSize) {
            long now = System.nanoTime();
            latencies.receipt(now - due, now);
        } else {
            waiting.put(index, due);
        }
    }

    synchronized void told(FinalCheckpoint checkpoint) throws VerificationException {
        Note note = Note.parse(checkpoint.getNote());
        long size = Checkpoint.parse(note.text()).head().size();
        if (size <= finalSize) {
            return;
        }
        policy.verify(note.text(), note.signatures());
        finalSize = size;
        long now = System.nanoTime();
        var reached = waiting.headMap(size);
        reached.values().forEach(due -> latencies.receipt(now - due, now));
        reached.clear();
    }

    synchronized int open() {
        return waiting.size();
    }

    Tally latencies() {
        return latencies;
    }
}
