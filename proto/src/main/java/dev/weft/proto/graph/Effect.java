package dev.weft.proto.graph;

import dev.weft.proto.Reason;
import java.util.Optional;

/**
 * What an appended statement brought about, judged from the log alone.
 *
 * @param without why it had no effect; empty where it had
 */
public record Effect(Optional<Reason> without) {
    /** It did what it says. */
    public static final Effect EFFECTIVE = new Effect(Optional.empty());

    /** It is in the log, and changes nothing that lineage, impact or completeness tell. */
    public static Effect without(Reason reason) {
        return new Effect(Optional.of(reason));
    }
}
