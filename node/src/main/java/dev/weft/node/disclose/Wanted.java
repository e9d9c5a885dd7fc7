package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.DisclosureRule;
import dev.weft.node.release.DisclosureRule.Verdict;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.StatementRecords;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A field of this site that a request asks for.
 *
 * @param rule who decides about it
 * @param closed why it cannot be opened, whoever decides
 */
record Wanted(StoredRecord record, StoredField field, DisclosureRule rule, Optional<Reason> closed) {

    /** All that a request asks for, in the order of records and fields; none where no record here has those commitments. */
    static List<Wanted> of(Connection connection, Asked asked, Role role, ReleasePolicy policy)
            throws SQLException, VerificationException {
        List<Wanted> wanted = new ArrayList<>();
        for (StoredRecord record : StatementRecords.behind(connection, asked.statement()).stream()
                .sorted((a, b) -> Long.compare(a.id(), b.id()))
                .toList()) {
            boolean named = record.body().fields().stream().anyMatch(field -> isNamed(asked, field));
            for (StoredField field : record.body().fields()) {
                boolean one = asked.fields().isEmpty()
                        ? isNamed(asked, field)
                        : named && asked.fields().contains(field.name());
                if (one) {
                    DisclosureRule rule =
                            policy.disclosure(record.kind(), field.name(), new MemberName(asked.requester()), role);
                    wanted.add(new Wanted(record, field, rule, closed(field, policy)));
                }
            }
        }
        return wanted;
    }

    private static Optional<Reason> closed(StoredField field, ReleasePolicy policy) {
        if (!(field instanceof StoredField.Kept kept)) {
            return Optional.of(Reason.ERASED);
        }
        return policy.tooFew(kept.value()) ? Optional.of(Reason.TOO_FEW) : Optional.empty();
    }

    static boolean isNamed(Asked asked, StoredField field) {
        ByteString commitment = field.commitment().toByteString();
        return asked.commitments().contains(commitment);
    }

    /** What becomes of a request as a whole where nobody has looked at it: the strictest field decides. */
    static Verdict verdict(List<Wanted> wanted) {
        return wanted.stream()
                .map(one -> one.rule().verdict())
                .max(Verdict::compareTo)
                .orElse(Verdict.NEVER);
    }
}
