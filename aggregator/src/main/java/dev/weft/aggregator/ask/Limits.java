package dev.weft.aggregator.ask;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Question;

/** How much one answer tells. */
final class Limits {
    private static final int PAGE = 1_000;
    private static final int PAGE_AT_MOST = 10_000;
    private static final int DEPTH_AT_MOST = 1_000_000;

    private Limits() {}

    static void check(Question question) throws VerificationException {
        if (question.getPageSize() < 0 || question.getPageSize() > PAGE_AT_MOST) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED,
                    "A page holds at most " + PAGE_AT_MOST + "; ask for fewer and follow nextPageToken.");
        }
        if (question.getDepth() < 0 || question.getDepth() > DEPTH_AT_MOST) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "A depth is at most " + DEPTH_AT_MOST + "; leave it out for no limit.");
        }
    }

    static int pageSize(Question question) {
        return question.getPageSize() == 0 ? PAGE : question.getPageSize();
    }
}
