package dev.weft.node.link;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.weft.node.record.Recorder;
import dev.weft.node.record.Transaction;
import dev.weft.node.release.Linking;
import dev.weft.node.release.LinkingKeys;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.LinkMessage;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the federation's linking keys: takes up what the log says, asks for the key that this node lacks, puts others'
 * requests before the steward, and gives the key to whom he said yes. One thread of its own; the steward's acts come on any.
 */
public final class Linker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Linker.class);
    private static final Duration TICK = Duration.ofSeconds(30);
    /** How long a message may be about a key that this node's copy of the log does not hold. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final int MAX_REASON = 1_000;

    /** As whom this node speaks. */
    public record Self(Digest federation, MemberName name, SigningKey statementKey, HpkeKey hpkeKey) {}

    /** What it works with. */
    public record Parts(
            Recorder recorder,
            Linking linking,
            Keyring keyring,
            DataSource readers,
            Post post,
            SecurityEvents events,
            InstantSource clock,
            SecureRandom random) {}

    private final Self self;
    private final Parts parts;
    private final LinkPost post;
    private final ScheduledExecutorService thread;
    private volatile Optional<LinkLog> log = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();
    /** What all names were compared under last, as the database has it. */
    private OptionalInt compared = OptionalInt.empty();

    /**
     * Goes by the epochs that were known before the node stopped.
     *
     * @throws VerificationException where a key file is not what it should be
     */
    public Linker(Self self, Parts parts) throws IOException, SQLException, VerificationException {
        this.self = self;
        this.parts = parts;
        this.post = new LinkPost(self, parts);
        parts.keyring().follow(epochs());
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "weft-link");
            made.setDaemon(true);
            return made;
        });
    }

    /** Begins to work. */
    public void start() {
        var unused = thread.scheduleWithFixedDelay(guarded(this::work), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The log stands so now, by this node's own verified copy. */
    public void follow(LinkLog now) {
        log = Optional.of(now);
        run(this::work);
    }

    /**
     * A sealed message came; true where it is done with, false where this node's copy of the log has to grow first, or its
     * disk to find room.
     */
    public boolean settled(MemberName from, Digest about, ByteString sealed, Instant came) {
        try {
            read(from, about, sealed);
            return true;
        } catch (VerificationException e) {
            if (e.reason() == Reason.UNKNOWN_REFERENCE
                    && parts.clock().instant().isBefore(came.plus(PATIENCE))) {
                return false;
            }
            parts.events()
                    .raise(new SecurityEvent.LinkMessageRefused(
                            from.value(), e.reason().code(), e.getMessage()));
            trouble = Optional.of(e.reason().code() + ": " + e.getMessage());
            return true;
        } catch (IOException | SQLException e) {
            trouble = Optional.of("this node could not go on: " + e.getMessage());
            return false;
        }
    }

    /** Goes by the log as it stands; does nothing a second time. */
    synchronized void work() throws IOException, SQLException, VerificationException {
        Optional<LinkLog> now = log;
        List<LinkEpoch> known = epochs();
        if (now.isPresent() && !now.get().epochs().equals(known)) {
            known = now.get().epochs();
            List<LinkEpoch> taken = known;
            // A crash after this commit leaves key files that the next start deletes.
            transact(transaction -> {
                LinkKeyStore.putEpochs(transaction.connection(), taken);
                return true;
            });
        }
        parts.keyring().follow(known);
        state(known);
        if (now.isPresent() && !known.isEmpty()) {
            post.seek(now.get(), known.get(known.size() - 1));
        }
        parts.post().wake();
    }

    /** Says what follows from another key, or another policy, once. */
    private void state(List<LinkEpoch> known) throws IOException, VerificationException {
        int newest = known.size();
        int mark = parts.keyring().current().isPresent() ? newest : -newest;
        if (compared.equals(OptionalInt.of(mark))
                || transact(transaction -> parts.linking().compared(transaction, mark))) {
            compared = OptionalInt.of(mark);
            return;
        }
        int remade = transact(transaction -> parts.linking().remake(transaction, newest));
        Optional<Long> last = Optional.of(-1L);
        while (last.isPresent()) {
            long above = last.get();
            last = transact(transaction -> parts.linking().alias(transaction, above));
        }
        transact(transaction -> {
            parts.linking().markCompared(transaction, mark);
            return true;
        });
        if (newest > 0) {
            LOG.info(
                    "link epoch {}: {}, {} waiting releases made anew", newest, mark > 0 ? "held" : "not held", remade);
        }
    }

    private synchronized void read(MemberName from, Digest about, ByteString sealed)
            throws IOException, SQLException, VerificationException {
        Optional<LinkEpoch> epoch =
                epochs().stream().filter(it -> it.statement().equals(about)).findFirst();
        if (log.isEmpty() || epoch.isEmpty()) {
            throw new VerificationException(
                    Reason.UNKNOWN_REFERENCE,
                    "A message of '" + from
                            + "' is about a linking key that this node's copy of the log does not hold yet.");
        }
        LinkMessage message = post.open(log.get(), from, about, sealed);
        if (message.getEpoch() != epoch.get().number()) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "A message of '" + from + "' speaks of link epoch " + message.getEpoch() + " and is about "
                            + epoch.get().number() + ".");
        }
        switch (message.getMessageCase()) {
            case REQUEST -> post.requested(log.get(), newest(), epoch.get(), from, message.getRequest());
            case GIVEN -> given(epoch.get(), from, message.getGiven().getKey());
            case REFUSED ->
                transact(transaction -> {
                    LinkKeyStore.refused(
                            transaction.connection(),
                            epoch.get().number(),
                            from,
                            message.getRefused().getReason());
                    return true;
                });
            case MESSAGE_NOT_SET -> throw new IllegalStateException("an empty message was opened");
        }
    }

    private void given(LinkEpoch epoch, MemberName from, ByteString secret)
            throws IOException, SQLException, VerificationException {
        LinkingKey key = LinkingKey.of(secret, epoch.check());
        if (!epoch.equals(newest()) || parts.keyring().current().isPresent()) {
            return;
        }
        // A crash between the file and the record: the key is there, who gave it is not told.
        parts.keyring().keep(epoch.number(), key);
        transact(transaction -> decided(transaction, "received", epoch.number(), Optional.of(from), "policy", ""));
        trouble = Optional.empty();
        work();
    }

    private LinkEpoch newest() throws SQLException {
        List<LinkEpoch> known = epochs();
        return known.get(known.size() - 1);
    }

    /**
     * Makes the first linking key of the federation.
     *
     * @throws VerificationException {@link Reason#LINK_EPOCH_TAKEN} where the log holds one, {@link Reason#DUPLICATE} where
     *     this node stated one that the log does not hold yet, and where this node may not
     */
    public Digest make(String person) throws IOException, SQLException, VerificationException {
        requireMember();
        if (!epochs().isEmpty()) {
            throw new VerificationException(
                    Reason.LINK_EPOCH_TAKEN,
                    "The federation has a linking key since entry " + newest().index() + ", made by '"
                            + newest().author() + "'; this node asks for it where its policy says linkable.");
        }
        return make(1, "made", person, "");
    }

    /**
     * Makes the key of the next epoch, for example after a member was revoked that had the one before.
     *
     * @throws VerificationException {@link Reason#NOT_FOUND} where there is none yet, or as {@link #make(String)}
     */
    public Digest rotate(String person, String reason) throws IOException, SQLException, VerificationException {
        requireMember();
        requireReason(reason);
        if (epochs().isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_FOUND, "The federation has no linking key; make one: weft-node link make.");
        }
        return make(newest().number() + 1, "rotated", person, reason);
    }

    private Digest make(int epoch, String act, String person, String reason) throws IOException, VerificationException {
        LinkingKey key = LinkingKey.generate(parts.random());
        LinkKey made = LinkKey.newBuilder()
                .setEpoch(epoch)
                .setCheck(key.check().toByteString())
                .build();
        // A crash before the commit leaves a file that the log never speaks of; the next epoch deletes it.
        parts.keyring().keep(epoch, key);
        try {
            return transact(transaction -> {
                long unused = decided(transaction, act, epoch, Optional.empty(), person, reason);
                Digest statement = parts.linking().state(transaction, made);
                if (!LinkKeyStore.claim(transaction.connection(), epoch, statement)) {
                    throw new VerificationException(
                            Reason.DUPLICATE,
                            "This node made a key of link epoch " + epoch + " already; it is on its way to the log.");
                }
                return statement;
            });
        } catch (VerificationException e) {
            parts.keyring().drop(epoch, key);
            throw e;
        }
    }

    private long decided(
            Transaction transaction, String act, int epoch, Optional<MemberName> member, String by, String reason)
            throws SQLException, VerificationException {
        return parts.linking()
                .decided(
                        transaction,
                        new Linking.LinkDecision(
                                act,
                                epoch,
                                member.map(MemberName::value),
                                by,
                                reason.isEmpty() ? Optional.empty() : Optional.of(reason)));
    }

    /**
     * Gives the key to a member that asked, sealed to the key that it has enrolled.
     *
     * @throws VerificationException {@link Reason#NOT_FOUND}, {@link Reason#DECISION_TAKEN}, {@link Reason#LINK_KEY_MISSING},
     *     {@link Reason#BAD_KEY} where it enrolled another key since, or why it may not have it
     */
    public Asked approve(long id, String person) throws IOException, SQLException, VerificationException {
        LinkLog now = requireLog();
        Asked asked = open(id);
        LinkingKeys.Held held = requireKey();
        if (held.epoch() != asked.epoch()) {
            throw new VerificationException(
                    Reason.LINK_EPOCH_TAKEN,
                    "Request " + id + " is for link epoch " + asked.epoch() + ", and " + held.epoch()
                            + " is in force; '" + asked.member() + "' asks for that one by itself.");
        }
        return decide(asked, Asked.State.APPROVED, person, "", post.sealedKey(now, newest(), asked, held));
    }

    /**
     * Keeps the key from a member that asked; it is told that, not why.
     *
     * @throws VerificationException {@link Reason#NOT_FOUND}, {@link Reason#DECISION_TAKEN} or {@link Reason#BAD_VALUE}
     */
    public Asked refuse(long id, String person, String reason) throws IOException, SQLException, VerificationException {
        requireReason(reason);
        Asked asked = open(id);
        ByteString sealed = post.refusal(requireLog(), newest(), asked.member(), Reason.DECISION_REFUSED);
        return decide(asked, Asked.State.REFUSED, person, reason, sealed);
    }

    private Asked decide(Asked asked, Asked.State state, String person, String reason, ByteString answer)
            throws IOException, SQLException, VerificationException {
        Digest about = newest().statement();
        Asked decided = transact(transaction -> {
            Connection connection = transaction.connection();
            Asked now = LinkKeyStore.request(connection, asked.id()).orElseThrow();
            if (!now.equals(asked)) {
                throw taken(now);
            }
            long unused =
                    decided(transaction, state.text(), asked.epoch(), Optional.of(asked.member()), person, reason);
            LinkKeyStore.decide(
                    connection, asked.id(), state, person, reason.isEmpty() ? Optional.empty() : Optional.of(reason));
            parts.post().queue(connection, asked.member(), about, answer);
            return LinkKeyStore.request(connection, asked.id()).orElseThrow();
        });
        parts.post().wake();
        return decided;
    }

    private Asked open(long id) throws SQLException, VerificationException {
        try (Connection connection = parts.readers().getConnection()) {
            Asked asked = LinkKeyStore.request(connection, id)
                    .orElseThrow(() -> new VerificationException(
                            Reason.NOT_FOUND, "There is no request " + id + "; list them to see their numbers."));
            if (asked.state() != Asked.State.WAITING) {
                throw taken(asked);
            }
            return asked;
        }
    }

    private static VerificationException taken(Asked asked) {
        return new VerificationException(
                Reason.DECISION_TAKEN,
                "Request " + asked.id() + " of '" + asked.member() + "' is "
                        + asked.state().text() + " by "
                        + asked.decidedBy().orElse("nobody yet, and is for another key than it was")
                        + ": a decision is taken once.");
    }

    /** Asks a member for the key, whatever others answered before. */
    public void ask(MemberName member) throws SQLException, VerificationException {
        LinkLog now = requireLog();
        requireMember();
        now.eligible(member);
        if (epochs().isEmpty() || parts.keyring().current().isPresent()) {
            throw new VerificationException(
                    epochs().isEmpty() ? Reason.NOT_FOUND : Reason.DUPLICATE,
                    epochs().isEmpty()
                            ? "The federation has no linking key; make one: weft-node link make."
                            : "This node has the linking key of epoch " + newest().number() + ".");
        }
        LinkEpoch epoch = newest();
        run(() -> post.ask(now, epoch, member));
    }

    /** What stands in statements for a digest of that kind. */
    public Digest value(String kind, ContentDigest digest) throws VerificationException {
        return requireKey().key().value(kind, digest);
    }

    /** All requests, oldest first. */
    public List<Asked> requests() throws SQLException {
        try (Connection connection = parts.readers().getConnection()) {
            return LinkKeyStore.requests(connection);
        }
    }

    /**
     * How it stands, for people.
     *
     * @param epoch the newest that the log holds
     * @param held whether this node has its key
     * @param wanted whether the policy says linkable
     * @param mirrored whether this node copies the log, without which it knows of no epoch
     * @param sought whom this node asked, with the answers
     */
    public record View(
            Optional<LinkEpoch> epoch,
            boolean held,
            boolean wanted,
            boolean mirrored,
            List<Sought> sought,
            long waiting,
            Optional<String> trouble) {}

    /** Whom this node asked for the key; {@code refusal} is a stable reason code. */
    public record Sought(MemberName member, Optional<String> refusal) {}

    public View view() throws SQLException {
        List<LinkEpoch> known = epochs();
        Optional<LinkEpoch> newest = known.isEmpty() ? Optional.empty() : Optional.of(known.get(known.size() - 1));
        try (Connection connection = parts.readers().getConnection()) {
            return new View(
                    newest,
                    parts.keyring().current().isPresent(),
                    parts.linking().wanted(),
                    log.isPresent(),
                    LinkKeyStore.sought(connection, known.size()).stream()
                            .map(sought -> new Sought(sought.member(), sought.refusal()))
                            .toList(),
                    LinkKeyStore.requests(connection).stream()
                            .filter(asked -> asked.state() == Asked.State.WAITING)
                            .count(),
                    trouble);
        }
    }

    private List<LinkEpoch> epochs() throws SQLException {
        try (Connection connection = parts.readers().getConnection()) {
            return LinkKeyStore.epochs(connection);
        }
    }

    private LinkLog requireLog() throws VerificationException {
        return log.orElseThrow(() -> new VerificationException(
                Reason.UNAVAILABLE,
                "This node has no verified copy of the shared log yet, without which it cannot tell which linking key came"
                        + " first; it needs witness.mode = mirror and a connection."));
    }

    private void requireMember() throws VerificationException {
        requireLog().eligible(self.name());
    }

    private LinkingKeys.Held requireKey() throws VerificationException {
        return parts.keyring()
                .current()
                .orElseThrow(() -> new VerificationException(
                        Reason.LINK_KEY_MISSING,
                        "This node does not have the linking key in force; 'weft-node link status' says why."));
    }

    private static void requireReason(String reason) throws VerificationException {
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new VerificationException(Reason.BAD_VALUE, "Say why, in 1 to " + MAX_REASON + " characters.");
        }
    }

    private <T> T transact(Recorder.TransactionWork<T> work) throws IOException, VerificationException {
        return Work.await(parts.recorder().transact(work));
    }

    private interface Task {
        void run() throws IOException, SQLException, VerificationException;
    }

    private void run(Task task) {
        if (!thread.isShutdown()) {
            thread.execute(guarded(task));
        }
    }

    private Runnable guarded(Task task) {
        return () -> {
            try {
                task.run();
            } catch (VerificationException e) {
                trouble = Optional.of(e.reason().code() + ": " + e.getMessage());
                LOG.warn(
                        "about the linking key: {} ({})",
                        e.getMessage(),
                        e.reason().code());
            } catch (IOException | SQLException | RuntimeException e) {
                trouble = Optional.of("this node could not go on: " + e.getMessage());
                LOG.error("the linking key could not be looked after; it is tried again", e);
            }
        };
    }

    @Override
    public void close() {
        MoreExecutors.shutdownAndAwaitTermination(thread, Duration.ofSeconds(10));
    }

    /** Work on the writer's thread, waited for. */
    static final class Work {
        private Work() {}

        static <T> T await(java.util.concurrent.CompletableFuture<T> future) throws IOException, VerificationException {
            try {
                return future.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof VerificationException refused) {
                    throw refused;
                }
                throw new IOException("the node's database cannot be written: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the node's database was written", e);
            }
        }
    }
}
