package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.Accepted;
import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.aggregator.accept.Appender;
import dev.weft.aggregator.accept.ForkFolder;
import dev.weft.aggregator.accept.IntakeQueue;
import dev.weft.aggregator.accept.LogHolding;
import dev.weft.aggregator.accept.StandingFold;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.PooledLogStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.aggregator.publish.FileAnchor;
import dev.weft.aggregator.publish.Sequencer;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The holder of a federation's log as {@link OpenFederation} puts it together, on a storage that fails where it is told to. */
final class FaultyLog implements AutoCloseable {
    private final Faults faults;
    private final OutsideView outside;
    private final AggregatorDatabase database;
    private final FileAnchor anchor;
    private final JdbcLogStore store;
    private final SequenceStore sequences;
    private final Appender appender;

    FaultyLog(Path directory, Faults faults, OutsideView outside) throws Exception {
        this.faults = faults;
        this.outside = outside;
        KeyFiles.Keys keys = KeyFiles.read(directory, new SecureRandom(), Lab.CLOCK);
        database = AggregatorDatabase.open(directory);
        Connection writer = faults.over(database.writer());
        FederationStore.Federation federation = FederationStore.first(writer).orElseThrow();
        store = new JdbcLogStore(writer, federation.key());
        sequences = new SequenceStore(writer, federation.key());
        anchor = FileAnchor.open(directory.resolve("aggregator.anchor"));
        LogHolding holding = new LogHolding(
                writer,
                federation.key(),
                store,
                TransparencyLog.open(store),
                sequences,
                new StandingStore(writer, federation.key()));
        Metrics metrics = new Metrics();
        Sequencer sequencer = Sequencer.start(
                new Sequencer.Parts(
                        holding.log(),
                        new PooledLogStore(database.readers(), federation.key()),
                        faults.over(anchor),
                        federation.origin(),
                        NoteSigner.ed25519(federation.origin(), keys.log())),
                metrics);
        Standing standing = StandingFold.now(
                store, holding.standings(), SequenceStore.last(writer, federation.key()), sequencer.anchored());
        appender = new Appender(
                new Appender.Parts(
                        holding,
                        sequencer,
                        new AggregatorAuthor(keys.statement(), new SecondKeyFiles(directory), Lab.CLOCK),
                        changed -> {},
                        new GraphSink(new GraphStore(federation.key())),
                        new ForkFolder(directory),
                        metrics,
                        new SecurityEvents(metrics)),
                standing,
                new IntakeQueue.Limits(100, 10, Duration.ZERO));
        writer.commit();
        appender.published().listen(outside::see);
        long unused = appender.start();
    }

    /** Waits for the answer to a statement, or for the end; one that was taken has a receipt from then on. */
    boolean isTaken(ByteString envelope) throws Exception {
        CompletableFuture<Accepted> answer = appender.submit(EnvelopeOpener.open(envelope), List.of(), List.of())
                .orTimeout(30, TimeUnit.SECONDS);
        while (!answer.isDone()) {
            if (faults.isDead()) {
                return false; // whatever it would have said, nobody hears it
            }
            Thread.onSpinWait();
        }
        try {
            outside.receipt(envelope, answer.get().index(), appender.published().current());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VerificationException) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        appender.close();
        sequences.close();
        store.close();
        anchor.close();
        database.close();
    }
}
