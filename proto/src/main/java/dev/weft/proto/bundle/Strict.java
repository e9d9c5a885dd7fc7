package dev.weft.proto.bundle;

import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.List;

/** Messages that hold what this version defines, and nothing else. */
final class Strict {
    private Strict() {}

    /** Fails where the message, or one inside it, has a field that the schema does not. */
    static void requireKnown(Message message) throws VerificationException {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw new VerificationException(
                    Reason.UNKNOWN_FIELD, "The file has a field that this version does not know; use a newer one.");
        }
        for (Object value : message.getAllFields().values()) {
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (each instanceof Message inner) {
                    requireKnown(inner);
                }
            }
        }
    }
}
