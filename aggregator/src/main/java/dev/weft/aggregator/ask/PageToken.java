package dev.weft.aggregator.ask;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.Question;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where the next page begins: after the place {@code last} of the same question's answer. Opaque to the asker, and bound to
 * the question, so that it cannot be carried over to another one.
 *
 * @param last a vertex number, or a place in a list of rounds
 */
record PageToken(String last) {
    private static final int BOUND = 8;
    private static final char BETWEEN = '|';

    static String print(Question question, String last) {
        String text = binding(question) + BETWEEN + last;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The place that the question's token names; {@code first} where it has none. */
    static String last(Question question, String first) throws VerificationException {
        if (question.getPageToken().isEmpty()) {
            return first;
        }
        String text;
        try {
            text = new String(Base64.getUrlDecoder().decode(question.getPageToken()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw bad();
        }
        int between = text.indexOf(BETWEEN);
        if (between < 0 || !text.substring(0, between).equals(binding(question))) {
            throw bad();
        }
        return text.substring(between + 1);
    }

    /** As {@link #last} for a place that is a number. */
    static long lastNumber(Question question) throws VerificationException {
        try {
            return Long.parseLong(last(question, "0"));
        } catch (NumberFormatException e) {
            throw bad();
        }
    }

    private static String binding(Question question) {
        return Hashing.sha256(asked(question).toByteString()).hex().substring(0, 2 * BOUND);
    }

    /** What makes it another question: the page may be cut and proven otherwise. */
    static Question asked(Question question) {
        return question.toBuilder()
                .clearPageToken()
                .clearPageSize()
                .clearProof()
                .clearSeenSize()
                .build();
    }

    private static VerificationException bad() {
        return new VerificationException(
                Reason.BAD_PAGE_TOKEN, "This page token is not of this question; ask again without one.");
    }
}
