package dev.weft.node.ask;

import dev.weft.proto.v1.Answer;
import java.util.List;

/**
 * An answer and what this node found when it checked it.
 *
 * @param answers as they came, in order
 * @param entries how many log entries it brought, each proved included
 * @param checkpoint size of the log that it holds at
 * @param holds whether everything that was there to check did
 * @param detail one sentence
 */
public record CheckedAnswer(List<Answer> answers, int entries, long checkpoint, boolean holds, String detail) {
    public CheckedAnswer {
        answers = List.copyOf(answers);
    }
}
