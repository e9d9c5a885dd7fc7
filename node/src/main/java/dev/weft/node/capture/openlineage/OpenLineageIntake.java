package dev.weft.node.capture.openlineage;

import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.Recorder;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Records events: what they name once, what they say each time. A crash between the two leaves names without a word about
 * them; nobody was told that the event is kept, and it comes again. Safe for many threads.
 */
public final class OpenLineageIntake {

    /** Names that need not be handed to the writer again: they are on disk. */
    private static final int REMEMBERED = 20_000;

    private final Recorder recorder;
    private final Set<String> known = Collections.synchronizedSet(Collections.newSetFromMap(new Recent()));

    /** Into that record. */
    public OpenLineageIntake(Recorder recorder) {
        this.recorder = recorder;
    }

    private static final class Recent extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(256, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    /** Records some events, in order; each has its own answer, after it is on disk. */
    public List<CompletableFuture<Recorded>> record(List<OpenLineageEvent> events) {
        List<LineageRecord> records = new ArrayList<>();
        List<List<Integer>> places = new ArrayList<>();
        Map<String, Integer> here = new HashMap<>();
        for (OpenLineageEvent event : events) {
            List<Integer> mine = new ArrayList<>();
            for (LineageRecord named : event.named()) {
                String id = named.origin().externalId().orElseThrow();
                if (!known.contains(id)) {
                    Integer place = here.putIfAbsent(id, records.size());
                    mine.add(place == null ? records.size() : place);
                    if (place == null) {
                        records.add(named);
                    }
                }
            }
            mine.add(records.size());
            records.add(event.said());
            places.add(mine);
        }
        List<CompletableFuture<Recorded>> recorded = recorder.recordAll(records);
        return places.stream().map(mine -> answer(records, recorded, mine)).toList();
    }

    private CompletableFuture<Recorded> answer(
            List<LineageRecord> records, List<CompletableFuture<Recorded>> recorded, List<Integer> mine) {
        CompletableFuture<Recorded> said = recorded.get(mine.get(mine.size() - 1));
        CompletableFuture<Void> named = CompletableFuture.completedFuture(null);
        for (int at : mine.subList(0, mine.size() - 1)) {
            String id = records.get(at).origin().externalId().orElseThrow();
            named = named.thenCombine(
                    recorded.get(at).handle((done, failure) -> noted(id, failure)), (before, now) -> null);
        }
        return named.thenCombine(said, (done, answer) -> answer);
    }

    /** That the name is there in other words is fine: a run's first event says what it is. */
    private boolean noted(String id, @Nullable Throwable failure) {
        if (failure == null || isThere(failure)) {
            return known.add(id);
        }
        throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
    }

    private static boolean isThere(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof VerificationException refused && refused.reason() == Reason.EXTERNAL_ID_CONFLICT;
    }
}
