package dev.weft.proto.statement;

import com.google.protobuf.Message;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Header;
import java.util.Optional;

/**
 * What was said: parsed, well formed, not yet attributed to anybody.
 *
 * @param id SHA-256 of the DSSE pre-authentication encoding of the bytes as received
 * @param predicateType URI, as it stands in the statement
 * @param header the predicate's first field
 * @param predicate the whole predicate; empty where the type is unknown to this version
 */
public record Statement(Digest id, String predicateType, Header header, Optional<Message> predicate) {

    /** The predicate's type, if this version knows it. */
    public Optional<PredicateType> type() {
        return PredicateType.ofUri(predicateType);
    }

    /** Who says it: a member, root or aggregator. */
    public MemberName author() {
        return new MemberName(header.getAuthor());
    }
}
