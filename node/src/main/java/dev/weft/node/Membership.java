package dev.weft.node;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.Deliverer;
import dev.weft.node.deliver.LogMoveStore;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.SealedPost;
import dev.weft.node.deliver.SealedStore;
import dev.weft.node.disclose.SharedCopy;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.link.Linker;
import dev.weft.node.link.Post;
import dev.weft.node.record.Recorder;
import dev.weft.node.release.Author;
import dev.weft.node.release.Resumption;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.OwnStatements;
import dev.weft.node.witness.Witness;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.Welcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;

/** What the parts of a running node take from its membership: as whom it speaks, whom it dials and how. */
final class Membership {
    private Membership() {}

    static Author author(NodeIdentity identity) {
        return new Author(
                identity.federation(),
                identity.origin(),
                identity.name(),
                identity.role(),
                identity.statementKey(),
                identity.requiredSecondKey(),
                identity.founding().limits());
    }

    /** Those of the configuration, else those that the invitation named. */
    static List<String> addresses(NodeConfig config, NodeIdentity identity) {
        List<String> own = config.delivery().addresses();
        return own.isEmpty() ? identity.addresses() : own;
    }

    static Deliverer.Settings delivery(NodeConfig config, NodeIdentity identity, String software) {
        return new Deliverer.Settings(
                identity.federation(),
                identity.origin(),
                software,
                config.delivery().window(),
                config.delivery().backoffInitial(),
                config.delivery().backoffMax(),
                config.delivery().answerTimeout());
    }

    /** Signs what could not be signed before; says how much, if anything. */
    static Optional<String> resume(Recorder recorder, Resumption resumption) throws IOException, VerificationException {
        try {
            Resumption.Resumed resumed = recorder.transact(resumption::run).get();
            return resumed.restated() + resumed.released() == 0
                    ? Optional.empty()
                    : Optional.of(resumed.restated() + " undelivered statements were stated again, "
                            + resumed.released() + " that were held were released");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException refused) {
                throw refused;
            }
            throw new IOException("what was held could not be released: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while what was held was released", e);
        }
    }

    static Linker.Self linker(NodeIdentity identity) {
        return new Linker.Self(identity.federation(), identity.name(), identity.statementKey(), identity.hpkeKey());
    }

    /** Messages about the linking key go out among the other sealed ones. */
    static Post post(SealedPost post, InstantSource clock) {
        return new Post() {
            @Override
            public void queue(Connection connection, MemberName to, Digest about, ByteString sealed)
                    throws SQLException {
                SealedMessage message = SealedMessage.newBuilder()
                        .setTo(to.value())
                        .setKind(SealedKind.LINKKEY)
                        .setAbout(about.toByteString())
                        .setSealed(sealed)
                        .build();
                SealedStore.queue(connection, message, clock.instant());
            }

            @Override
            public void wake() {
                post.wake();
            }
        };
    }

    static SealedPost.Reader reader(Linker linker) {
        return (message, came) -> !MemberName.isName(message.getFrom())
                || linker.settled(
                        new MemberName(message.getFrom()), Digest.of(message.getAbout()), message.getSealed(), came);
    }

    /** What this directory signed, as the outbox says. */
    static OwnStatements own(Outbox outbox, DataSource reads) {
        return statement -> {
            try (Connection connection = reads.getConnection()) {
                return outbox.find(connection, statement).isPresent();
            } catch (SQLException e) {
                throw new IllegalStateException("the outbox cannot be read: " + e.getMessage(), e);
            }
        };
    }

    /** The node's copy of the shared log as disclosures read it; empty where it keeps none. */
    static Optional<SharedCopy> copy(Witness witness) {
        return witness.copy().map(files -> new SharedCopy() {
            @Override
            public long size() {
                return files.size();
            }

            @Override
            public List<ByteString> entries(long first, int count) throws VerificationException {
                return files.entries(first, count);
            }
        });
    }

    /** Takes up that the log goes on; what this node has of it above is lost, and said so. */
    static void take(Path directory, Welcome welcome, SecurityEvents events) throws VerificationException {
        try {
            LogMoveStore.Move move = new ContinuedLog(directory)
                    .take(
                            welcome.getContinuationsList(),
                            welcome.getExpectedSeq(),
                            welcome.hasRequirement()
                                    ? Optional.of(new FoundingEntry(
                                            welcome.getRequirement().getIndex(),
                                            welcome.getRequirement().getEntry()))
                                    : Optional.empty());
            events.raise(new SecurityEvent.LogContinued(move.origin(), move.head(), move.firstLost()));
        } catch (IOException e) {
            throw new VerificationException(
                    Reason.UNAVAILABLE, "The continued log could not be taken up: " + e.getMessage() + ".", e);
        }
    }
}
