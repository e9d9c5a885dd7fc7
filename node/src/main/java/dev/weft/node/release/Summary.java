package dev.weft.node.release;

import com.google.protobuf.Message;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.Opening;
import java.util.List;

/**
 * What a record lets out: one statement, or a row of statements that name the ones before.
 *
 * @param type of all of them
 * @param bodies in the order in which they are signed
 * @param openings approved values that go beside the last one
 */
record Summary(PredicateType type, List<Body> bodies, List<Opening> openings) {

    /** A predicate without its header. */
    @FunctionalInterface
    interface Body {
        /** Makes it, given the ids of those signed before it in the same row. */
        Message after(List<Digest> earlier);
    }

    Summary {
        bodies = List.copyOf(bodies);
        openings = List.copyOf(openings);
    }

    static Summary of(Message body, List<Opening> openings) {
        return new Summary(PredicateType.of(body), List.of(earlier -> body), openings);
    }

    static Summary of(Message body) {
        return of(body, List.of());
    }
}
