package dev.weft.node.disclose;

import dev.weft.node.deliver.SealedPost;
import dev.weft.node.disclose.Asked.Answer;
import dev.weft.node.disclose.Asked.Side;
import dev.weft.node.disclose.Asked.State;
import dev.weft.node.disclose.Disclosures.Parts;
import dev.weft.node.disclose.Disclosures.Self;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.disclosure.DisclosureCase;
import dev.weft.proto.disclosure.DisclosureLetters;
import dev.weft.proto.disclosure.OpenedValue;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.SealedMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens letters, and believes none that does not hold against the shared log as this node's own copy has it. */
final class Letterbox implements SealedPost.Reader {
    private static final Logger LOG = LoggerFactory.getLogger(Letterbox.class);
    /** A letter may overtake the statement that it belongs to, but not by more than this. */
    private static final Duration AHEAD = Duration.ofHours(1);

    private final Self self;
    private final Parts parts;
    private final SharedEntries entries;

    Letterbox(Self self, Parts parts, SharedEntries entries) {
        this.self = self;
        this.parts = parts;
        this.entries = entries;
    }

    @Override
    public boolean settled(SealedMessage message, Instant came) {
        Digest request = Digest.of(message.getAbout());
        try (Connection connection = parts.readers().getConnection()) {
            Optional<Asked> asked = DisclosureStore.find(connection, request);
            if (asked.isEmpty() || !isAnswered(asked.get())) {
                return parts.clock().instant().isAfter(came.plus(AHEAD));
            }
            if (!asked.get().other().equals(message.getFrom())) {
                LOG.warn("a letter about request {} came from '{}', who has no part in it", request, message.getFrom());
                return true;
            }
            take(asked.get(), message);
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException("disclosures cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a letter is compared with is there. */
    private static boolean isAnswered(Asked asked) {
        return asked.index().isPresent()
                && (asked.side() == Side.OF_US || asked.answer().isPresent());
    }

    private void take(Asked asked, SealedMessage message) {
        try {
            if (asked.side() == Side.OF_US) {
                words(asked, message);
            } else if (asked.state() == State.GRANTED) {
                opened(asked, message);
            } else if (asked.state() == State.REFUSED) {
                answerWords(asked, message);
            }
        } catch (VerificationException e) {
            LOG.warn("a letter about request {} is not believed: {}", asked.number(), e.getMessage());
            fail(asked, message, e);
        }
    }

    /** What the decision itself bound and cannot be shown is lost; any other bytes are somebody's noise. */
    private void fail(Asked asked, SealedMessage message, VerificationException problem) {
        if (asked.state() == State.GRANTED && asked.side() == Side.OUR_OWN && isBound(asked, message)) {
            transact(transaction -> DisclosureStore.failed(
                    transaction.connection(), asked.request(), problem.reason().code(), problem.getMessage()));
        }
    }

    private boolean isBound(Asked asked, SealedMessage message) {
        try {
            Statement decision = statement(asked.answer().orElseThrow().index().orElseThrow());
            return DisclosureCase.decision(decision)
                    .getCiphertextDigest()
                    .equals(Sealed.id(message).toByteString());
        } catch (VerificationException e) {
            return false;
        }
    }

    private DisclosureLetter open(Asked asked, SealedMessage message) throws VerificationException {
        return DisclosureLetters.parse(
                self.key().open(DisclosureLetters.info(self.federation(), asked.request()), message.getSealed()));
    }

    private void words(Asked asked, SealedMessage message) throws VerificationException {
        Statement request = statement(asked.index().orElseThrow());
        String words = DisclosureLetters.words(
                open(asked, message), DisclosureCase.request(request).getWords());
        transact(transaction -> DisclosureStore.words(transaction.connection(), asked.request(), words));
    }

    private void answerWords(Asked asked, SealedMessage message) throws VerificationException {
        Statement decision = statement(asked.answer().orElseThrow().index().orElseThrow());
        String words = DisclosureLetters.words(
                open(asked, message), DisclosureCase.decision(decision).getWords());
        transact(transaction -> DisclosureStore.answerWords(transaction.connection(), asked.request(), words));
    }

    private void opened(Asked asked, SealedMessage message) throws VerificationException {
        if (!isBound(asked, message)) {
            throw new VerificationException(
                    Reason.BAD_DIGEST, "It is not the ciphertext that the decision in the log names.");
        }
        DisclosureLetter letter = open(asked, message);
        List<OpenedValue> values = DisclosureLetters.open(together(asked), letter);
        List<String> names = values.stream().map(OpenedValue::name).toList();
        // A crash before this commit: the letter is still in the box.
        transact(transaction -> {
            StoredRecord unused =
                    transaction.add(Decider.received(asked, names, parts.clock().instant()));
            DisclosureStore.opened(transaction.connection(), asked.request(), letter.toByteString());
        });
    }

    /** The values of a letter that proved when it came, proved again. */
    List<OpenedValue> values(Asked asked) throws VerificationException {
        return DisclosureLetters.open(
                together(asked), DisclosureLetters.parse(asked.letter().orElseThrow()));
    }

    private DisclosureCase together(Asked asked) throws VerificationException {
        return DisclosureCase.of(
                entries.get(asked.statement()).statement(),
                statement(asked.index().orElseThrow()),
                statement(asked.answer().map(Answer::index).orElseThrow().orElseThrow()));
    }

    private Statement statement(long index) throws VerificationException {
        return entries.at(index).statement();
    }

    private interface Write {
        void in(Transaction transaction) throws SQLException, VerificationException;
    }

    /** On disk when it returns. */
    private void transact(Write write) {
        boolean unused = parts.recorder()
                .transact(transaction -> {
                    write.in(transaction);
                    return true;
                })
                .join();
    }
}
