package dev.weft.proto.standing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Key;
import java.util.Comparator;
import java.util.List;

/**
 * An entry by root that changes what genesis fixed: the log goes on under another origin, or second signatures are required.
 * Root's signatures prove it without the rest of the log.
 *
 * @param index of the entry
 */
public record FoundingEntry(long index, ByteString envelope) {

    /** Whether a statement above entry 0 is one. */
    public static boolean isOne(Statement statement) {
        Message predicate = statement.predicate().orElse(null);
        return predicate instanceof Genesis || (predicate instanceof Key key && key.hasRequire());
    }

    /** Takes them into account in log order, each after the checks that its place in the log asks for. */
    public static void apply(Standing standing, List<FoundingEntry> entries) throws VerificationException {
        for (FoundingEntry entry : entries.stream()
                .sorted(Comparator.comparing(FoundingEntry::index))
                .toList()) {
            OpenedEnvelope opened = EnvelopeOpener.open(entry.envelope(), standing.limits());
            opened.verify(standing.requiredKeys(opened));
            standing.apply(entry.index(), opened);
        }
    }
}
