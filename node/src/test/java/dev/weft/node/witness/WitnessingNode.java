package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.node.db.MirrorDatabase;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.LogFollower;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.EntryBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** The witness of a node in a directory, whose aggregator is the test. Opened again, it is restarted. */
final class WitnessingNode implements AutoCloseable {
    static final String NAME = "hospital-a";

    final NodeDatabase database;
    final SecurityEvents events = new SecurityEvents(InstantSource.system(), new Metrics());
    final SharedLog sharedLog;
    final Finality finality;
    final Witness witness;
    final Set<Digest> own = new HashSet<>();
    final BlockingQueue<CosignatureLines> answers = new LinkedBlockingQueue<>();
    final BlockingQueue<String> gaveUp = new LinkedBlockingQueue<>();
    volatile SharedHistory served;
    volatile int largestBatch = 3;
    volatile boolean silent;
    private volatile Wire open = new Wire();
    volatile Optional<String> mustNot = Optional.empty();

    WitnessingNode(Path directory, SharedHistory history, WitnessMode mode) throws Exception {
        this(directory, history, mode, UnaryOperator.identity());
    }

    /** With something around the connection that writes. */
    WitnessingNode(Path directory, SharedHistory history, WitnessMode mode, UnaryOperator<Connection> around)
            throws Exception {
        served = history;
        database = NodeDatabase.open(directory, around);
        GroupCommit writer = database.writer();
        sharedLog = new SharedLog(
                SharedHistory.ORIGIN,
                List.of(history.verifier()),
                writer,
                database.readers(),
                events,
                InstantSource.system());
        finality = new Finality(
                history.founding(), List.of(history.verifier()), sharedLog, writer, database.readers(), events);
        Witness.Self self = new Witness.Self(new MemberName(NAME), history.witness(NAME));
        Witness.Parts parts = new Witness.Parts(
                sharedLog, finality, writer, database.readers(), events, InstantSource.system(), () -> mustNot);
        witness = mode == WitnessMode.MIRROR
                ? Witness.mirroring(
                        self,
                        parts,
                        new MirrorFile(
                                MirrorDatabase.open(directory),
                                history.founding(),
                                own::contains,
                                new ForkFolder(directory)))
                : Witness.withoutMirror(mode, self, parts);
        witness.connected(open);
    }

    private final class Wire implements LogFollower.Wire {
        @Override
        public void ask(EntriesRequest request) {
            if (silent) {
                return;
            }
            List<ByteString> found = request.getFirst() < served.size()
                    ? served.entries(request.getFirst(), Math.min(request.getCount(), largestBatch))
                    : List.of();
            witness.entries(EntryBatch.newBuilder()
                    .setFirst(request.getFirst())
                    .addAllEntries(found)
                    .build());
        }

        @Override
        public void answer(CosignatureLines lines) {
            if (open == this) {
                answers.add(lines);
            }
        }

        @Override
        public void giveUp(String why) {
            gaveUp.add(why);
        }
    }

    /** The same aggregator on a new stream; what is said on the one before is lost. */
    void reconnect() {
        open = new Wire();
        witness.connected(open);
    }

    /** A checkpoint comes, is believed, and is asked for. */
    CosignatureLines cosign(SharedHistory history, long old) throws Exception {
        checkpoint(history);
        return ask(history, old);
    }

    void checkpoint(SharedHistory history) throws VerificationException {
        TreeHead head = sharedLog.accept(history.update(sharedLog.held().size()));
        witness.verified(head);
    }

    CosignatureLines ask(SharedHistory history, long old) throws Exception {
        witness.asked(history.ask(old));
        return answer();
    }

    CosignatureLines answer() throws InterruptedException {
        CosignatureLines answer = answers.poll(20, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("no answer: " + witness.view() + ", " + events.recent());
        }
        return answer;
    }

    boolean raised(String type) {
        return events.recent().stream()
                .anyMatch(noticed -> noticed.event().type().equals(type));
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        witness.close();
        database.close();
    }
}
