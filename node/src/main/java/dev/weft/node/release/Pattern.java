package dev.weft.node.release;

import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.digest.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a person approved for the future: statements of one kind, on no other dataset versions, that tell of no field that
 * the seen one did not tell in that form, under the same policy.
 *
 * @param release the approval that it follows
 * @param data dataset versions
 * @param shape kind, field and outcome of all that may be told
 */
public record Pattern(
        long id,
        long release,
        String predicateType,
        Digest policy,
        List<Long> data,
        Set<String> shape,
        String by,
        Instant at,
        Optional<Ended> ended) {

    /** Who or what ended it. */
    public record Ended(String by, Instant at) {}

    /** Copies. */
    public Pattern {
        data = List.copyOf(data);
        shape = Set.copyOf(shape);
    }

    /** Kind, field and outcome of everything that leaves. */
    static Set<String> shape(List<Fate> fates) {
        return fates.stream()
                .filter(fate -> fate.outcome() != Outcome.STAYS)
                .map(fate -> fate.kind().text() + "." + fate.field() + " "
                        + fate.outcome().text())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
