package dev.weft.node.capture.mlflow;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a store was read. Only saves work: without it everything is read again, and is there already.
 *
 * @param since by experiment: start time of the last run that was read, milliseconds of the epoch
 * @param open runs that had not ended, with their experiments' names; they are looked at again
 * @param versionsSince creation time of the last registered version
 */
public record MlflowCursor(SortedMap<String, Long> since, SortedMap<String, String> open, long versionsSince) {

    private static final Gson GSON = new Gson();

    /** Copies the maps. */
    public MlflowCursor {
        since = new TreeMap<>(since);
        open = new TreeMap<>(open);
    }

    /** Nothing was read. */
    public static MlflowCursor start() {
        return new MlflowCursor(new TreeMap<>(), new TreeMap<>(), 0);
    }

    /** Reads what {@link #text} printed. */
    public static MlflowCursor parse(String text) throws VerificationException {
        try {
            @Nullable MlflowCursor cursor = GSON.fromJson(text, MlflowCursor.class);
            if (cursor != null) {
                return cursor;
            }
        } catch (JsonParseException | NullPointerException e) {
            // said below
        }
        throw new VerificationException(Reason.MALFORMED, "this is no cursor; take it away to read all again");
    }

    /** As JSON. */
    public String text() {
        return GSON.toJson(this);
    }

    long since(Experiment experiment) {
        return since.getOrDefault(experiment.id(), 0L);
    }

    /** After these runs of an experiment. */
    MlflowCursor after(Experiment experiment, Iterable<MlflowRun> runs) {
        MlflowCursor next = new MlflowCursor(since, open, versionsSince);
        for (MlflowRun run : runs) {
            if (canBe(run.info().started())) {
                next.since.merge(experiment.id(), run.info().started(), Math::max);
            }
            if (run.ended()) {
                next.open.remove(run.info().id());
            } else {
                next.open.put(run.info().id(), experiment.name());
            }
        }
        return next;
    }

    MlflowCursor without(String run) {
        MlflowCursor next = new MlflowCursor(since, open, versionsSince);
        next.open.remove(run);
        return next;
    }

    MlflowCursor afterVersions(long created) {
        return canBe(created) ? new MlflowCursor(since, open, Math.max(versionsSince, created)) : this;
    }

    /** A time that no record can hold is not gone by: nothing would be behind it. */
    private static boolean canBe(long millis) {
        return FieldValue.Time.canHold(Instant.ofEpochMilli(millis));
    }

    /** Runs that had not ended when they were read. */
    Map<String, String> unfinished() {
        return Map.copyOf(open);
    }
}
