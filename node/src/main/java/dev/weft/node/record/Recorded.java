package dev.weft.node.record;

import dev.weft.proto.digest.Digest;
import java.util.List;
import java.util.OptionalLong;

/**
 * What became of a record; told only after it is on disk.
 *
 * @param id its index in the site's log
 * @param leaf the hash of its leaf there
 * @param duplicate whether the same record was there before, and nothing changed
 * @param release what it let out
 */
public record Recorded(long id, Digest leaf, boolean duplicate, Released release) {

    /**
     * What a record let out, at once or later.
     *
     * @param statements ids of the statements that were signed, in order
     * @param waiting whether the steward is still to decide
     * @param releaseId where the decision stands, if there is or was one to take
     */
    public record Released(List<Digest> statements, boolean waiting, OptionalLong releaseId) {

        /** Nothing: the record stays. */
        public static final Released NOTHING = new Released(List.of(), false, OptionalLong.empty());

        /** Copies the list. */
        public Released {
            statements = List.copyOf(statements);
        }
    }
}
