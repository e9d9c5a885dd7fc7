package dev.weft.node.witness;

import dev.weft.proto.merkle.TreeHead;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the members said last in the verified part of a copy, and what came since. An honest log has nobody behind his own
 * turn, and no site's log that goes back: intake refuses both. Paths of site logs stand beside the log and not in it, so a
 * site log that grew is not judged here. For the writer's thread.
 */
final class Turns {
    /** An entry that contradicts an earlier one of its author. */
    record Contradiction(Said before, Said now) {}

    private final MirrorStore store;
    private final Map<String, Said> last = new HashMap<>();
    private final Deque<Said> pending = new ArrayDeque<>();

    private Turns(MirrorStore store) {
        this.store = store;
    }

    /** As the tables have them, up to {@link MirrorStore#turnsVerified()}. */
    static Turns load(MirrorStore store) throws SQLException {
        Turns turns = new Turns(store);
        for (Said said : store.turns()) {
            turns.last.put(said.author(), said);
        }
        return turns;
    }

    /** An entry that came, and is not verified yet. */
    void came(Said said) {
        pending.addLast(said);
    }

    /** The first contradiction among what is to be called verified; nothing is counted. */
    Optional<Contradiction> contradiction(TreeHead signed) {
        Map<String, Said> now = new HashMap<>();
        for (Said said : pending) {
            if (said.index() >= signed.size()) {
                break;
            }
            Said before = now.getOrDefault(said.author(), last.get(said.author()));
            if (before != null && (said.isBehind(before) || said.contradictsSite(before))) {
                return Optional.of(new Contradiction(before, said));
            }
            now.put(said.author(), said);
        }
        return Optional.empty();
    }

    /** Writes what a signed head has verified. Commits nothing; it counts once it was {@link #kept}. */
    void keep(TreeHead signed) throws SQLException {
        for (Said said : newest(signed).values()) {
            store.turn(said);
        }
        store.turnsVerified(signed.size());
    }

    /** Counts what was written and committed. */
    void kept(TreeHead signed) {
        last.putAll(newest(signed));
        while (!pending.isEmpty() && pending.getFirst().index() < signed.size()) {
            pending.removeFirst();
        }
    }

    private Map<String, Said> newest(TreeHead signed) {
        Map<String, Said> now = new HashMap<>();
        for (Said said : pending) {
            if (said.index() >= signed.size()) {
                break;
            }
            now.put(said.author(), said);
        }
        return now;
    }

    /** Forgets what came and was not verified. */
    void cut(long size) {
        while (!pending.isEmpty() && pending.getLast().index() >= size) {
            pending.removeLast();
        }
    }
}
