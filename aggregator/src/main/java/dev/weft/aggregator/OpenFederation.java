package dev.weft.aggregator;

import dev.weft.aggregator.accept.AggregatorAuthor;
import dev.weft.aggregator.accept.Appender;
import dev.weft.aggregator.accept.ForkFolder;
import dev.weft.aggregator.accept.IntakeQueue;
import dev.weft.aggregator.accept.LogHolding;
import dev.weft.aggregator.accept.Relay;
import dev.weft.aggregator.accept.StandingFold;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.aggregator.db.DirectoryLock;
import dev.weft.aggregator.db.FederationStore;
import dev.weft.aggregator.db.PooledLogStore;
import dev.weft.aggregator.db.RelayStore;
import dev.weft.aggregator.db.SequenceStore;
import dev.weft.aggregator.db.StandingStore;
import dev.weft.aggregator.graph.GraphStore;
import dev.weft.aggregator.members.MemberDirectory;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FileAnchor;
import dev.weft.aggregator.publish.Sequencer;
import dev.weft.aggregator.watch.Metrics;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.AnchorLostException;
import dev.weft.proto.log.JdbcLogStore;
import dev.weft.proto.log.TransparencyLog;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.standing.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The federation of a directory, opened by its one holder: lock, database, log, anchor, appender. What {@code serve} puts
 * its listeners on, and what a command works on directly while no daemon runs.
 */
public final class OpenFederation implements AutoCloseable {
    private static final int SEALED_OF_ONE_SENDER = 4_096;
    private static final int SEALED_FOR_ONE_READER = 1_024;
    private static final Logger log = LoggerFactory.getLogger(OpenFederation.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final AggregatorConfig config;
    private final InstantSource clock;
    private final Metrics metrics = new Metrics();
    private final SecurityEvents events = new SecurityEvents(metrics);
    private final KeyFiles.Keys keys;
    private final AggregatorDatabase database;
    private final FederationStore.Federation federation;
    private final MemberDirectory directory;
    private final Appender appender;
    private final Cosigning cosigning;
    private final Relay relay;
    private final long unpublished;

    private OpenFederation(AggregatorConfig config, SecureRandom random, InstantSource clock)
            throws VerificationException, IOException, SQLException, AnchorLostException {
        this.config = config;
        this.clock = clock;
        try {
            requireFounded(config.directory());
            keep(DirectoryLock.take(config.directory()));
            this.keys = KeyFiles.read(config.directory(), random, clock);
            this.database = keep(AggregatorDatabase.open(config.directory()));
            Connection writer = database.writer();
            this.federation = FederationStore.first(writer)
                    .orElseThrow(() -> new VerificationException(
                            Reason.LOG_CORRUPT, "The database names no federation; restore it from a backup."));
            JdbcLogStore store = keep(new JdbcLogStore(writer, federation.key()));
            LogHolding holding = new LogHolding(
                    writer,
                    federation.key(),
                    store,
                    TransparencyLog.open(store),
                    keep(new SequenceStore(writer, federation.key())),
                    new StandingStore(writer, federation.key()));
            Sequencer sequencer = sequencer(holding);
            Standing standing = StandingFold.now(
                    store, holding.standings(), SequenceStore.last(writer, federation.key()), sequencer.anchored());
            this.directory = new MemberDirectory(standing.copy());
            this.appender = new Appender(
                    new Appender.Parts(
                            holding,
                            sequencer,
                            new AggregatorAuthor(keys.statement(), new SecondKeyFiles(config.directory()), clock),
                            directory::set,
                            new GraphSink(new GraphStore(federation.key())),
                            new ForkFolder(config.directory()),
                            metrics,
                            events),
                    standing,
                    new IntakeQueue.Limits(
                            config.intake().queue(),
                            config.intake().batchSize(),
                            config.intake().batchAge()));
            writer.commit(); // ends the reading transaction of the start
            this.unpublished = appender.start();
            keep(appender);
            this.cosigning = keep(new Cosigning(new Cosigning.Parts(
                    appender.published(),
                    CosignatureStore.open(config.directory(), federation.origin()),
                    () -> directory.current().policies(),
                    config.witnessing().interval(),
                    clock,
                    metrics,
                    events)));
            this.relay = keep(new Relay(new Relay.Parts(
                    RelayStore.open(config.directory()), appender::standing, relayLimits(config), clock, metrics)));
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /**
     * Opens the federation of the configured directory and publishes what a crash may have left unpublished.
     *
     * @throws VerificationException where another instance runs, the schema is newer, or anchor and log do not fit
     */
    public static OpenFederation open(AggregatorConfig config, SecureRandom random, InstantSource clock)
            throws VerificationException, IOException, SQLException {
        try {
            return new OpenFederation(config, random, clock);
        } catch (AnchorLostException e) {
            throw new VerificationException(Reason.ANCHOR_LOST, e.getMessage() + "; start one instance only.");
        }
    }

    private Sequencer sequencer(LogHolding holding) throws VerificationException, IOException {
        return Sequencer.start(
                new Sequencer.Parts(
                        holding.log(),
                        readers(),
                        keep(FileAnchor.open(config.anchorFile())),
                        federation.origin(),
                        NoteSigner.ed25519(federation.origin(), keys.log())),
                metrics);
    }

    private static Relay.Limits relayLimits(AggregatorConfig config) {
        return new Relay.Limits(
                config.relaying().keep(), config.relaying().bytes(), SEALED_OF_ONE_SENDER, SEALED_FOR_ONE_READER);
    }

    private static void requireFounded(Path directory) throws VerificationException {
        if (!Files.exists(directory.resolve(AggregatorDatabase.FILE))) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    directory + " holds no federation; run 'weft-aggregator init NAME --dir " + directory
                            + "', or name another --dir.");
        }
    }

    public AggregatorConfig config() {
        return config;
    }

    public InstantSource clock() {
        return clock;
    }

    public Metrics metrics() {
        return metrics;
    }

    public SecurityEvents events() {
        return events;
    }

    public KeyFiles.Keys keys() {
        return keys;
    }

    public AggregatorDatabase database() {
        return database;
    }

    public FederationStore.Federation federation() {
        return federation;
    }

    public MemberDirectory directory() {
        return directory;
    }

    public Appender appender() {
        return appender;
    }

    public Cosigning cosigning() {
        return cosigning;
    }

    public Relay relay() {
        return relay;
    }

    /** The log for readers on any thread. */
    public PooledLogStore readers() {
        return new PooledLogStore(database.readers(), federation.key());
    }

    /** How many entries were durable and not yet public when the last instance ended. */
    public long unpublished() {
        return unpublished;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Finishes what was taken in, then closes in reverse. */
    @Override
    public void close() {
        for (AutoCloseable resource : List.copyOf(opened)) {
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("closing {}: {}", resource.getClass().getSimpleName(), e.toString());
            }
        }
        opened.clear();
    }
}
