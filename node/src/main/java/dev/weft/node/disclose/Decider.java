package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.SealedStore;
import dev.weft.node.disclose.Asked.Answer;
import dev.weft.node.disclose.Asked.State;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.Origin;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.DisclosureRule.Verdict;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.Releaser;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.disclosure.DisclosureLetters;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.Words;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides on requests, each in one transaction: the record of the decision, the signed statement, and the ciphertext on its
 * way are there together or not at all.
 */
final class Decider {
    static final String BY_POLICY = "policy";
    private static final String SOURCE = "weft-node";

    private final Releaser releaser;
    private final ReleasePolicy policy;
    private final Digest federation;
    private final SecureRandom random;
    private final InstantSource clock;

    Decider(Releaser releaser, ReleasePolicy policy, Digest federation, SecureRandom random, InstantSource clock) {
        this.releaser = releaser;
        this.policy = policy;
        this.federation = federation;
        this.random = random;
        this.clock = clock;
    }

    /** What a request asks for, with who decides. */
    List<Wanted> wanted(Connection connection, Asked asked, Member reader) throws SQLException, VerificationException {
        return Wanted.of(connection, asked, reader.role(), policy);
    }

    /** Lets policy decide where it does; false where a person has to. */
    boolean byPolicy(Transaction transaction, Asked asked, Optional<Member> reader)
            throws SQLException, VerificationException {
        if (reader.isEmpty() || reader.get().revokedAt().isPresent()) {
            refuse(transaction, asked, reader, new Refusal(BY_POLICY, Reason.REVOKED, Optional.empty()));
            return true;
        }
        List<Wanted> wanted = wanted(transaction.connection(), asked, reader.get());
        Optional<Reason> hopeless = hopeless(wanted);
        Verdict verdict = Wanted.verdict(wanted);
        if (hopeless.isPresent() || verdict == Verdict.NEVER) {
            Reason why = hopeless.orElse(Reason.DECISION_REFUSED);
            refuse(transaction, asked, reader, new Refusal(BY_POLICY, why, Optional.empty()));
            return true;
        }
        if (verdict == Verdict.AUTOMATIC) {
            approve(transaction, asked, reader.get(), BY_POLICY);
            return true;
        }
        return false;
    }

    /** Why nothing of it can be opened, whoever decides. */
    private static Optional<Reason> hopeless(List<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return Optional.of(Reason.NOT_FOUND);
        }
        return wanted.stream().allMatch(one -> one.closed().isPresent())
                ? wanted.get(0).closed()
                : Optional.empty();
    }

    /**
     * Opens for its reader all that can be opened.
     *
     * @throws VerificationException {@code revoked}, {@code erased}, {@code too-few}, {@code not-found} or {@code too-large};
     *     then nothing was decided
     */
    void approve(Transaction transaction, Asked asked, Member reader, String by)
            throws SQLException, VerificationException {
        if (reader.revokedAt().isPresent()) {
            throw new VerificationException(
                    Reason.REVOKED, "'" + reader.name() + "' is no member any more: refuse the request.");
        }
        List<Wanted> wanted = wanted(transaction.connection(), asked, reader);
        Optional<Reason> hopeless = hopeless(wanted);
        if (hopeless.isPresent()) {
            throw new VerificationException(
                    hopeless.get(), "Nothing of what is asked for can be opened here: refuse the request.");
        }
        List<Wanted> open =
                wanted.stream().filter(one -> one.closed().isEmpty()).toList();
        Instant now = clock.instant();
        StoredRecord unused = transaction.add(record(
                asked,
                "approved",
                by,
                now,
                Optional.empty(),
                open.stream().map(Decider::text).toList()));
        DisclosureLetter letter = Letter.opened(transaction, asked, open);
        SealedMessage sealed = seal(asked, reader, letter);
        Digest decision = releaser.sign(
                transaction,
                Disclosure.newBuilder()
                        .setDecision(DisclosureDecision.newBuilder()
                                .setRequest(asked.request().toByteString())
                                .setGranted(true)
                                .addAllCommitments(Letter.commitments(letter))
                                .setReader(asked.requester())
                                .setCiphertextDigest(Sealed.id(sealed).toByteString()))
                        .build());
        SealedStore.queue(transaction.connection(), sealed, now);
        DisclosureStore.decided(
                transaction.connection(),
                asked.request(),
                State.GRANTED,
                new Answer(decision, OptionalLong.empty(), by, now, Optional.empty(), Optional.empty()));
    }

    private static String text(Wanted one) {
        return one.record().id() + " " + one.field().name();
    }

    /**
     * Why a request is refused.
     *
     * @param code stands in the log
     * @param words go to the requester alone
     */
    record Refusal(String by, Reason code, Optional<String> words) {}

    /** Refuses; words travel sealed, where the requester still is a member. */
    void refuse(Transaction transaction, Asked asked, Optional<Member> reader, Refusal refusal)
            throws SQLException, VerificationException {
        Instant now = clock.instant();
        Optional<Words> words = refusal.words().map(text -> Letter.words(text, Salt.random(random)));
        StoredRecord unused = transaction.add(record(
                asked,
                "refused",
                refusal.by(),
                now,
                Optional.of(refusal.words().orElse(refusal.code().code())),
                List.of()));
        DisclosureDecision.Builder said = DisclosureDecision.newBuilder()
                .setRequest(asked.request().toByteString())
                .setReader(asked.requester())
                .setReason(refusal.code().code());
        if (words.isPresent()) {
            said.setWords(DisclosureLetters.commitment(words.get()).toByteString());
        }
        Digest decision = releaser.sign(
                transaction, Disclosure.newBuilder().setDecision(said).build());
        if (words.isPresent() && reader.isPresent()) {
            SealedStore.queue(
                    transaction.connection(),
                    seal(asked, reader.get(), Letter.words(asked.request(), words.get())),
                    now);
        }
        DisclosureStore.decided(
                transaction.connection(),
                asked.request(),
                State.REFUSED,
                new Answer(
                        decision,
                        OptionalLong.empty(),
                        refusal.by(),
                        now,
                        Optional.of(refusal.code().code()),
                        refusal.words()));
    }

    private static LineageRecord record(
            Asked asked, String step, String by, Instant at, Optional<String> reason, List<String> fields) {
        return new LineageRecord.Disclosure(
                Origin.of(SOURCE), asked.request(), step, asked.requester(), fields, by, at, reason);
    }

    /** The one that the requester's node makes of its own request. */
    static LineageRecord asking(String owner, Digest statement, List<String> fields, String by, Instant at) {
        return new LineageRecord.Disclosure(
                Origin.of(SOURCE), statement, "asked", owner, fields, by, at, Optional.empty());
    }

    /** The one that it makes when what was opened for it is here. */
    static LineageRecord received(Asked asked, List<String> fields, Instant at) {
        return new LineageRecord.Disclosure(
                Origin.of(SOURCE), asked.request(), "received", asked.owner(), fields, BY_POLICY, at, Optional.empty());
    }

    /** To the key that the member has enrolled, as this node's copy of the log has it now. */
    SealedMessage seal(Asked asked, Member to, DisclosureLetter letter) throws VerificationException {
        ByteString sealed = HpkeKey.seal(
                to.keys().getHpke(),
                DisclosureLetters.info(federation, asked.request()),
                letter.toByteString(),
                random);
        SealedMessage message = SealedMessage.newBuilder()
                .setTo(to.name().value())
                .setKind(SealedKind.DISCLOSURE)
                .setAbout(asked.request().toByteString())
                .setSealed(sealed)
                .build();
        Digest unused = Sealed.check(message);
        return message;
    }
}
