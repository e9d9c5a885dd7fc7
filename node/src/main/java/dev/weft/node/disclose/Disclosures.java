package dev.weft.node.disclose;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.SealedPost;
import dev.weft.node.deliver.SealedStore;
import dev.weft.node.disclose.Asked.Answer;
import dev.weft.node.disclose.Asked.Side;
import dev.weft.node.disclose.Asked.State;
import dev.weft.node.disclose.Decider.Refusal;
import dev.weft.node.record.Recorder;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.Releaser;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.disclosure.DisclosureCase;
import dev.weft.proto.disclosure.DisclosureLetters;
import dev.weft.proto.disclosure.OpenedValue;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.Words;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door: asks, tells what was asked and opened, and takes decisions. What has to be read from the shared log is read by one
 * thread of its own, once a second; a crash at any point leaves the request where it was, and the next look goes on.
 */
public final class Disclosures implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Disclosures.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Of one requester; more are refused at once. */
    private static final int MOST_WAITING = 64;

    private static final int MAX_WORDS = 1_000;

    /** As whom the node asks and answers. */
    public record Self(Digest federation, MemberName name, HpkeKey key) {}

    /**
     * What it works with.
     *
     * @param copy the verified part of this node's copy of the shared log
     */
    public record Parts(
            Recorder recorder,
            Releaser releaser,
            ReleasePolicy policy,
            Outbox outbox,
            DataSource readers,
            SealedPost post,
            Supplier<Optional<SharedCopy>> copy,
            SecureRandom random,
            InstantSource clock) {}

    private final Self self;
    private final Parts parts;
    private final SharedEntries entries;
    private final LogTail tail;
    private final Decider decider;
    private final Letterbox letterbox;
    private final ScheduledExecutorService thread;

    /** Reads nothing before {@link #start}. */
    public Disclosures(Self self, Parts parts) {
        this.self = self;
        this.parts = parts;
        this.entries = new SharedEntries(parts.copy());
        this.tail = new LogTail(entries);
        this.decider = new Decider(parts.releaser(), parts.policy(), self.federation(), parts.random(), parts.clock());
        this.letterbox = new Letterbox(self, parts, entries);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "weft-disclose");
            made.setDaemon(true);
            return made;
        });
    }

    /** Reads the log from where it ended, and letters as they come. */
    public void start() {
        parts.post().read(SealedKind.DISCLOSURE, letterbox);
        var unused = thread.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What a person asks for. */
    public record Question(
            Digest statement,
            List<ByteString> commitments,
            List<String> artifacts,
            List<String> fields,
            String purpose,
            Optional<String> words) {}

    /**
     * Asks, in a statement that everybody sees: which statement, which commitments, which fields, and the purpose's name. Words
     * go to the site alone.
     */
    public CompletableFuture<Asked> ask(Question question, String person) {
        return onThread(() -> {
            OpenedEnvelope asked = entries.get(question.statement());
            MemberName owner = asked.statement().author();
            if (owner.equals(self.name())) {
                throw new VerificationException(
                        Reason.BAD_VALUE, "The statement is this node's own: look at the record with weft-node local.");
            }
            Member site = tail.member(owner)
                    .orElseThrow(() -> new VerificationException(
                            Reason.NOT_MEMBER, "'" + owner + "' is no member that can be asked."));
            Named named = Named.in(asked.statement(), question);
            return ask(question, named, site, person);
        });
    }

    private Asked ask(Question question, Named named, Member site, String person) throws VerificationException {
        requireWords(question.words());
        Asked like = asked(question, named, site, Digest.of(new byte[Digest.SIZE]));
        return transact(transaction -> {
            Connection connection = transaction.connection();
            Optional<Asked> open = DisclosureStore.open(connection, like);
            if (open.isPresent()) {
                throw new VerificationException(
                        Reason.DUPLICATE,
                        "Request " + open.get().number() + " asks for the same and has no answer yet.");
            }
            StoredRecord unused = transaction.add(Decider.asking(
                    like.owner(),
                    like.statement(),
                    like.fields(),
                    person,
                    parts.clock().instant()));
            Optional<Words> words = question.words().map(text -> Letter.words(text, Salt.random(parts.random())));
            DisclosureRequest.Builder said = DisclosureRequest.newBuilder()
                    .setStatement(like.statement().toByteString())
                    .addAllCommitments(like.commitments())
                    .addAllFields(like.fields())
                    .setPurpose(like.purpose());
            if (words.isPresent()) {
                said.setWords(DisclosureLetters.commitment(words.get()).toByteString());
            }
            Digest request = parts.releaser()
                    .sign(transaction, Disclosure.newBuilder().setRequest(said).build());
            Asked made = asked(question, named, site, request);
            DisclosureStore.insert(connection, made);
            if (words.isPresent()) {
                SealedStore.queue(
                        connection,
                        decider.seal(made, site, Letter.words(request, words.get())),
                        parts.clock().instant());
            }
            return DisclosureStore.find(connection, request).orElseThrow();
        });
    }

    private Asked asked(Question question, Named named, Member site, Digest request) {
        return new Asked(
                0,
                request,
                Side.OUR_OWN,
                self.name().value(),
                site.name().value(),
                question.statement(),
                named.commitments(),
                named.fields(),
                question.purpose(),
                question.words(),
                parts.clock().instant(),
                OptionalLong.empty(),
                State.ASKED,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static void requireWords(Optional<String> words) throws VerificationException {
        if (words.isPresent() && (words.get().isBlank() || words.get().length() > MAX_WORDS)) {
            throw new VerificationException(
                    Reason.BAD_VALUE, "Say why in 1 to " + MAX_WORDS + " characters, or leave the words out.");
        }
    }

    /** Up to {@code limit} above a number, in order. */
    public List<Asked> list(long after, int limit) throws SQLException {
        try (Connection connection = parts.readers().getConnection()) {
            return DisclosureStore.list(connection, after, limit);
        }
    }

    /** One request with all that this node may tell of it here. */
    public CompletableFuture<Shown> show(long number) {
        return onThread(() -> {
            try (Connection connection = parts.readers().getConnection()) {
                Asked asked = find(connection, number);
                List<Wanted> wanted = asked.side() == Side.OF_US ? wanted(connection, asked) : List.of();
                List<OpenedValue> opened = asked.letter().isPresent() ? letterbox.values(asked) : List.of();
                Optional<SealedStore.Fate> way =
                        SealedStore.fate(connection, asked.other(), SealedKind.DISCLOSURE, asked.request());
                return new Shown(asked, wanted, opened, way);
            } catch (SQLException e) {
                throw new IllegalStateException("disclosures cannot be read: " + e.getMessage(), e);
            }
        });
    }

    /** A request, what would leave or what came, and how far what this node sent of it has come. */
    public record Shown(Asked asked, List<Wanted> wanted, List<OpenedValue> opened, Optional<SealedStore.Fate> way) {}

    private List<Wanted> wanted(Connection connection, Asked asked) throws SQLException, VerificationException {
        Optional<Member> reader = tail.member(new MemberName(asked.requester()));
        return reader.isEmpty() ? List.of() : decider.wanted(connection, asked, reader.get());
    }

    /** Opens it for its reader. Fails with {@code not-found}, {@code decision-taken}, or why it cannot be opened. */
    public CompletableFuture<Asked> approve(long number, String person) {
        return onThread(() -> transact(transaction -> {
            Asked asked = waiting(transaction, number);
            Member reader = tail.member(new MemberName(asked.requester()))
                    .orElseThrow(() -> new VerificationException(
                            Reason.NOT_MEMBER, "'" + asked.requester() + "' is no member: refuse the request."));
            decider.approve(transaction, asked, reader, person);
            return find(transaction.connection(), number);
        }));
    }

    /** Refuses it; words go to the requester alone. Fails with {@code not-found} or {@code decision-taken}. */
    public CompletableFuture<Asked> refuse(long number, String person, Optional<String> words) {
        return onThread(() -> {
            requireWords(words);
            return transact(transaction -> {
                Asked asked = waiting(transaction, number);
                decider.refuse(
                        transaction,
                        asked,
                        tail.member(new MemberName(asked.requester())),
                        new Refusal(person, Reason.DECISION_REFUSED, words));
                return find(transaction.connection(), number);
            });
        });
    }

    private static Asked waiting(Transaction transaction, long number) throws SQLException, VerificationException {
        Asked asked = find(transaction.connection(), number);
        if (asked.side() == Side.OUR_OWN) {
            throw new VerificationException(
                    Reason.NOT_OWNER, "Request " + number + " is this node's own; '" + asked.owner() + "' decides.");
        }
        if (asked.state() != State.WAITING) {
            throw new VerificationException(
                    Reason.DECISION_TAKEN,
                    "request %d was %s by %s: a decision is taken once"
                            .formatted(
                                    number,
                                    asked.state().text(),
                                    asked.answer().map(Answer::by).orElse("somebody")));
        }
        return asked;
    }

    private static Asked find(Connection connection, long number) throws SQLException, VerificationException {
        return DisclosureStore.find(connection, number)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_FOUND, "there is no request " + number + ": list them to see their numbers"));
    }

    private void look() {
        try {
            if (entries.isThere()) {
                long from = read(DisclosureStore::tail);
                long end = tail.read(Math.min(from, entries.size()), this::take);
                decideByPolicy();
                if (end != from) {
                    // A crash before this commit: the entries are read again, and each is known.
                    transact(transaction -> {
                        DisclosureStore.tail(transaction.connection(), end);
                        return true;
                    });
                }
                parts.post().wake();
            }
        } catch (VerificationException | RuntimeException e) {
            LOG.warn("disclosures wait: {}", e.getMessage());
        }
    }

    private void take(long index, OpenedEnvelope entry) throws VerificationException {
        Disclosure said = (Disclosure) entry.statement().predicate().orElseThrow();
        if (said.hasRequest()) {
            request(index, entry, said.getRequest());
        } else {
            decision(index, entry, said.getDecision());
        }
    }

    private void request(long index, OpenedEnvelope entry, DisclosureRequest said) throws VerificationException {
        Digest id = entry.statement().id();
        boolean unused = transact(transaction -> {
            Connection connection = transaction.connection();
            if (DisclosureStore.find(connection, id).isPresent()) {
                DisclosureStore.logged(connection, id, index);
                return true;
            }
            var own = parts.outbox().find(connection, Digest.of(said.getStatement()));
            boolean ofUs = own.isPresent() && !entry.statement().author().equals(self.name());
            if (ofUs) {
                DisclosureStore.insert(connection, ofUs(index, entry, said));
            }
            return true;
        });
    }

    private Asked ofUs(long index, OpenedEnvelope entry, DisclosureRequest said) throws VerificationException {
        return new Asked(
                0,
                entry.statement().id(),
                Side.OF_US,
                entry.statement().author().value(),
                self.name().value(),
                Digest.of(said.getStatement()),
                said.getCommitmentsList(),
                said.getFieldsList(),
                said.getPurpose(),
                Optional.empty(),
                WireTime.parse(entry.statement().header().getRecordedAt()),
                OptionalLong.of(index),
                State.WAITING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Own requests alone: what others decided for others is theirs. The first decision of the owner counts. */
    private void decision(long index, OpenedEnvelope entry, DisclosureDecision said) throws VerificationException {
        Digest request = Digest.of(said.getRequest());
        boolean unused = transact(transaction -> {
            Connection connection = transaction.connection();
            Optional<Asked> own = DisclosureStore.find(connection, request);
            if (own.isEmpty()
                    || !own.get().owner().equals(entry.statement().author().value())) {
                return true;
            }
            Asked asked = own.get();
            Answer answer = new Answer(
                    entry.statement().id(),
                    OptionalLong.of(index),
                    asked.answer().map(Answer::by).orElse(asked.owner()),
                    WireTime.parse(entry.statement().header().getRecordedAt()),
                    said.getReason().isEmpty() ? Optional.empty() : Optional.of(said.getReason()),
                    asked.answer().flatMap(Answer::words));
            if (asked.side() == Side.OF_US || asked.state() == State.ASKED) {
                State state = asked.side() == Side.OUR_OWN || asked.state() == State.WAITING
                        ? said.getGranted() ? State.GRANTED : State.REFUSED
                        : asked.state();
                DisclosureStore.decided(connection, request, state, answer);
            } else if (asked.answer()
                    .map(Answer::decision)
                    .filter(answer.decision()::equals)
                    .isEmpty()) {
                DisclosureStore.note(
                        connection,
                        request,
                        "'" + asked.owner() + "' decided once more, in entry " + index
                                + "; the first decision counts.");
            }
            return true;
        });
    }

    /** What nobody has to look at. What cannot be decided now, since the node may not sign, waits. */
    private void decideByPolicy() throws VerificationException {
        for (Asked asked : read(connection -> DisclosureStore.inState(connection, State.WAITING))) {
            Optional<Member> reader = tail.member(new MemberName(asked.requester()));
            try {
                boolean unused = transact(transaction -> decideByPolicy(transaction, asked, reader));
            } catch (VerificationException e) {
                if (e.reason() == Reason.TOO_LARGE) {
                    refuse(asked, reader, Reason.TOO_LARGE);
                } else {
                    LOG.debug("request {} waits: {}", asked.number(), e.getMessage());
                }
            }
        }
    }

    private boolean decideByPolicy(Transaction transaction, Asked asked, Optional<Member> reader)
            throws SQLException, VerificationException {
        Connection connection = transaction.connection();
        OpenedEnvelope statement = own(connection, asked.statement());
        boolean standsThere = asked.commitments().stream()
                .allMatch(commitment -> DisclosureCase.holds(statement.statement(), commitment));
        if (!standsThere) {
            decider.refuse(
                    transaction, asked, reader, new Refusal(Decider.BY_POLICY, Reason.NOT_FOUND, Optional.empty()));
            return true;
        }
        if (DisclosureStore.waiting(connection, asked.requester()) > MOST_WAITING) {
            decider.refuse(
                    transaction,
                    asked,
                    reader,
                    new Refusal(Decider.BY_POLICY, Reason.LIMIT_EXCEEDED, Optional.empty()));
            return true;
        }
        return decider.byPolicy(transaction, asked, reader);
    }

    private OpenedEnvelope own(Connection connection, Digest statement) throws SQLException, VerificationException {
        return EnvelopeOpener.open(parts.outbox()
                .find(connection, statement)
                .orElseThrow(() -> new IllegalStateException("a request about a statement of another was kept"))
                .envelope());
    }

    private void refuse(Asked asked, Optional<Member> reader, Reason code) throws VerificationException {
        boolean unused = transact(transaction -> {
            decider.refuse(transaction, asked, reader, new Refusal(Decider.BY_POLICY, code, Optional.empty()));
            return true;
        });
    }

    private interface Reading<T> {
        T from(Connection connection) throws SQLException;
    }

    private <T> T read(Reading<T> reading) {
        try (Connection connection = parts.readers().getConnection()) {
            return reading.from(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("disclosures cannot be read: " + e.getMessage(), e);
        }
    }

    /** On disk when it returns; then whatever was sealed may leave. */
    private <T> T transact(Recorder.TransactionWork<T> work) throws VerificationException {
        try {
            T done = parts.recorder().transact(work).join();
            parts.post().wake();
            return done;
        } catch (CompletionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private interface Task<T> {
        T run() throws VerificationException;
    }

    private <T> CompletableFuture<T> onThread(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(task.run());
            } catch (VerificationException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Override
    public void close() {
        if (!MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10))) {
            LOG.warn("disclosures did not come to their end");
        }
    }
}
