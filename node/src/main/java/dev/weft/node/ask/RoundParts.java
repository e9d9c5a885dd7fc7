package dev.weft.node.ask;

import com.google.protobuf.ByteString;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.RoundStatus;
import java.util.ArrayList;
import java.util.List;

/** Puts the messages of one round together again: what goes on with its id adds sites to it. */
final class RoundParts {

    private RoundParts() {}

    static List<Answer> joined(List<Answer> answers) {
        List<Answer> joined = new ArrayList<>(answers.size());
        RoundStatus.Builder open = null;
        for (Answer answer : answers) {
            if (open != null && goesOn(open.getId(), answer)) {
                open.mergeFrom(answer.getRound());
                continue;
            }
            if (open != null) {
                joined.add(Answer.newBuilder().setRound(open).build());
            }
            open = answer.hasRound() ? answer.getRound().toBuilder() : null;
            if (open == null) {
                joined.add(answer);
            }
        }
        if (open != null) {
            joined.add(Answer.newBuilder().setRound(open).build());
        }
        return joined;
    }

    /** Only sites: a second message that says anything else of the round is another one, and is checked for itself. */
    private static boolean goesOn(ByteString id, Answer answer) {
        return answer.hasRound()
                && answer.getRound().toBuilder()
                        .clearSites()
                        .build()
                        .equals(RoundStatus.newBuilder().setId(id).build());
    }
}
