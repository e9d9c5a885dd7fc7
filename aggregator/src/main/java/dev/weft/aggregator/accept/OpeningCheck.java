package dev.weft.aggregator.accept;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Opening;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the openings that came beside a statement open commitments that stand in it. */
final class OpeningCheck {
    private static final int MOST = 128;

    private OpeningCheck() {}

    /**
     * Checks each opening against the committed field of the same commitment and name.
     *
     * @throws VerificationException {@link Reason#LIMIT_EXCEEDED}, {@link Reason#BAD_COMMITMENT}
     */
    static void check(List<Opening> openings, Statement statement) throws VerificationException {
        if (openings.isEmpty()) {
            return;
        }
        if (openings.size() > MOST) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED,
                    openings.size() + " openings came with one statement; send at most " + MOST + ".");
        }
        Map<ByteString, String> committed = new HashMap<>();
        statement.predicate().ifPresent(predicate -> collect(predicate, committed));
        for (Opening opening : openings) {
            if (!opening.getName().equals(committed.get(opening.getCommitment()))) {
                throw new VerificationException(
                        Reason.BAD_COMMITMENT,
                        "The opening of '" + opening.getName()
                                + "' opens no commitment of this statement; send it with the one that holds it.");
            }
            Commitment.verify(
                    Digest.parse(opening.getCommitment(), "commitment"),
                    Salt.parse(opening.getSalt()),
                    opening.getName(),
                    opening.getValue());
        }
    }

    private static void collect(Message message, Map<ByteString, String> committed) {
        if (message instanceof CommittedField field) {
            committed.put(field.getCommitment(), field.getName());
            return;
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (field.getValue() instanceof List<?> list) {
                    list.forEach(element -> collect((Message) element, committed));
                } else {
                    collect((Message) field.getValue(), committed);
                }
            }
        }
    }
}
