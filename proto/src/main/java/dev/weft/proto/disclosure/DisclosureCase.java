package dev.weft.proto.disclosure;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureRequest;
import java.util.Collection;
import java.util.List;

/**
 * Three statements that belong together: the one asked about, the request, and the decision of the one asked about's
 * author. Whoever makes one has verified their signatures and their places in the log.
 */
public final class DisclosureCase {
    private final Statement asked;
    private final Statement request;
    private final Statement decision;

    private DisclosureCase(Statement asked, Statement request, Statement decision) {
        this.asked = asked;
        this.request = request;
        this.decision = decision;
    }

    /**
     * Fails where they do not belong together.
     *
     * @throws VerificationException {@code not-owner} where another than the author decided, {@code unknown-reference} where
     *     one does not name the other, {@code bad-value} where they contradict each other
     */
    public static DisclosureCase of(Statement asked, Statement request, Statement decision)
            throws VerificationException {
        requireAskable(asked, request);
        DisclosureRequest said = request(request);
        DisclosureDecision decided = decision(decision);
        if (!decided.getRequest().equals(request.id().toByteString())) {
            throw wrong(Reason.UNKNOWN_REFERENCE, "The decision is on another request.");
        }
        if (!decision.author().equals(asked.author())) {
            throw wrong(Reason.NOT_OWNER, "The decision is not by the author of the statement that was asked about.");
        }
        if (!decided.getReader().equals(request.author().value())) {
            throw wrong(Reason.BAD_VALUE, "The decision opens it for another reader than the one who asked.");
        }
        boolean more =
                said.getFieldsCount() == 0 && !said.getCommitmentsList().containsAll(decided.getCommitmentsList());
        if (more) {
            throw wrong(Reason.BAD_VALUE, "The decision opens what the request did not ask for.");
        }
        return new DisclosureCase(asked, request, decision);
    }

    /** Fails where the request is not about that statement, or names commitments that do not stand in it. */
    public static void requireAskable(Statement asked, Statement request) throws VerificationException {
        DisclosureRequest said = request(request);
        if (!said.getStatement().equals(asked.id().toByteString())) {
            throw wrong(Reason.UNKNOWN_REFERENCE, "The request is about another statement.");
        }
        for (ByteString commitment : said.getCommitmentsList()) {
            if (!holds(asked, commitment)) {
                throw wrong(
                        Reason.NOT_FOUND, "The statement asked about does not hold a commitment that is asked for.");
            }
        }
    }

    /** The request in a statement of that kind. */
    public static DisclosureRequest request(Statement statement) throws VerificationException {
        if (statement.predicate().orElse(null) instanceof Disclosure disclosure && disclosure.hasRequest()) {
            return disclosure.getRequest();
        }
        throw wrong(Reason.UNKNOWN_TYPE, "The statement is no request for a disclosure.");
    }

    /** The decision in a statement of that kind. */
    public static DisclosureDecision decision(Statement statement) throws VerificationException {
        if (statement.predicate().orElse(null) instanceof Disclosure disclosure && disclosure.hasDecision()) {
            return disclosure.getDecision();
        }
        throw wrong(Reason.UNKNOWN_TYPE, "The statement is no decision on a disclosure.");
    }

    /** Whether these 32 bytes stand whole in a field of the statement's body. */
    public static boolean holds(Statement statement, ByteString commitment) {
        Message predicate = statement.predicate().orElse(null);
        return predicate != null
                && predicate.getAllFields().entrySet().stream()
                        .filter(field -> field.getKey().getNumber() != 1) // the header
                        .anyMatch(field -> holds(field.getValue(), commitment));
    }

    private static boolean holds(Object value, ByteString commitment) {
        if (value instanceof Collection<?> values) {
            return values.stream().anyMatch(each -> holds(each, commitment));
        }
        if (value instanceof Message message) {
            for (var field : message.getAllFields().entrySet()) {
                boolean leaf = field.getKey().getType() == FieldDescriptor.Type.BYTES
                        || field.getKey().getType() == FieldDescriptor.Type.MESSAGE;
                if (leaf && holds(field.getValue(), commitment)) {
                    return true;
                }
            }
            return false;
        }
        return commitment.equals(value);
    }

    public Statement asked() {
        return asked;
    }

    public Statement request() {
        return request;
    }

    public Statement decision() {
        return decision;
    }

    /** Who may read what was opened. */
    public MemberName reader() {
        return request.author();
    }

    public boolean granted() throws VerificationException {
        return decision(decision).getGranted();
    }

    List<ByteString> opened() throws VerificationException {
        return decision(decision).getCommitmentsList();
    }

    DisclosureRequest said() throws VerificationException {
        return request(request);
    }

    /** The head of the site's log that the decision states, and to which every record is proved. */
    public TreeHead siteHead() throws VerificationException {
        return TreeHead.of(decision.header().getSiteHead());
    }

    private static VerificationException wrong(Reason reason, String message) {
        return new VerificationException(reason, message);
    }
}
