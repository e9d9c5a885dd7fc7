package dev.weft.node;

import dev.weft.node.ask.AskClient;
import dev.weft.node.ask.LogReader;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.Deliverer;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.OutboxTables;
import dev.weft.node.deliver.SealedPost;
import dev.weft.node.disclose.Disclosures;
import dev.weft.node.http.AdminRoutes;
import dev.weft.node.http.AskRoutes;
import dev.weft.node.http.DisclosureRoutes;
import dev.weft.node.http.ErasureRoutes;
import dev.weft.node.http.LinkRoutes;
import dev.weft.node.http.LocalApi;
import dev.weft.node.http.LogRoutes;
import dev.weft.node.http.MarquezRoutes;
import dev.weft.node.http.OpenLineageRoutes;
import dev.weft.node.http.PolicyRoutes;
import dev.weft.node.http.RecordRoutes;
import dev.weft.node.http.ReleaseRoutes;
import dev.weft.node.http.StatementRoutes;
import dev.weft.node.http.StatusRoutes;
import dev.weft.node.http.StewardRoutes;
import dev.weft.node.http.TlogApi;
import dev.weft.node.http.Tokens;
import dev.weft.node.join.CertificateRenewal;
import dev.weft.node.join.ContinuedLog;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.link.Keyring;
import dev.weft.node.link.LinkLog;
import dev.weft.node.link.Linker;
import dev.weft.node.record.RecordStore;
import dev.weft.node.record.Recorder;
import dev.weft.node.release.Eraser;
import dev.weft.node.release.Linking;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.release.Releaser;
import dev.weft.node.release.Resumption;
import dev.weft.node.release.StewardQueue;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.upkeep.Backup;
import dev.weft.node.upkeep.SecondSignatures;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.ForkFolder;
import dev.weft.node.witness.Forks;
import dev.weft.node.witness.SharedLog;
import dev.weft.node.witness.Witness;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.SealedKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: opens its parts in the order of a datum's way, starts them, and closes them in reverse, so that what
 * was acknowledged is finished and nothing new is taken meanwhile.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final NodeIdentity identity;
    private final LocalApi api;
    private final List<String> recovered = new ArrayList<>();
    private final CompletableFuture<Boolean> moved = new CompletableFuture<>();

    /** What the node takes from outside. */
    public record Surroundings(InstantSource clock, SecureRandom random, String software) {}

    /**
     * Opens and starts the node of a directory.
     *
     * @throws VerificationException where the directory is no membership, is in use, or is of a newer version
     * @throws IOException where a file or an address cannot be used
     */
    public static Node start(NodeConfig config, Surroundings surroundings) throws IOException, VerificationException {
        return new Node(config, surroundings);
    }

    private Node(NodeConfig config, Surroundings surroundings) throws IOException, VerificationException {
        this.identity = NodeIdentity.load(config.directory());
        try {
            this.api = build(config, surroundings);
        } catch (SQLException e) {
            close();
            throw new IOException("the node's database cannot be read: " + e.getMessage(), e);
        } catch (IOException | VerificationException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private LocalApi build(NodeConfig config, Surroundings outside)
            throws IOException, VerificationException, SQLException {
        InstantSource clock = outside.clock();
        Instant begun = clock.instant();
        Path directory = config.directory();
        Metrics metrics = new Metrics();
        SecurityEvents events = new SecurityEvents(clock, metrics);
        boolean crashed = RunFile.leftBehind(directory);
        NodeDatabase database = opened(NodeDatabase.open(directory));
        database.copyBeforeMigration()
                .ifPresent(copy -> recovered.add("the schema was brought up to date; the file before it is " + copy));

        identity.install(directory);
        // What was said, and how far: before anything may sign.
        Outbox outbox = new Outbox(identity.opening());
        NodeAnchor anchor = ContinuedLog.anchor(database, identity, outbox, begun)
                .stoppedBy(SecondSignatures.complete(database, identity, outbox));
        anchor.stopped().ifPresent(stopped -> recovered.add(stopped.message()));
        SharedLog sharedLog = new SharedLog(
                identity.origin(), identity.logKeys(), database.writer(), database.readers(), events, clock);
        sharedLog.begin(identity.joinCheckpoint());

        // Recorded, released.
        ReleasePolicy policy = ReleasePolicy.load(config.releasePolicy());
        Keyring keyring = Keyring.of(directory);
        Releaser releaser =
                new Releaser(Membership.author(identity), policy, keyring, outbox, anchor, sharedLog::seen, clock);
        Recorder recorder = Recorder.open(database, releaser, outside.random(), clock);
        if (anchor.stopped().isEmpty()) {
            Resumption resumption =
                    new Resumption(Membership.author(identity), policy, outbox, anchor, sharedLog::seen, clock);
            Membership.resume(recorder, resumption).ifPresent(recovered::add);
        }
        RecordStore records = new RecordStore(database.readers());
        StewardQueue queue = new StewardQueue(recorder, releaser, database.readers());

        // Delivered, asked.
        CertificateRenewal renewal = new CertificateRenewal(directory, identity, clock);
        MutualTls peer = opened(new MutualTls(Membership.addresses(config, identity), renewal::credentials));
        Deliverer deliverer = opened(new Deliverer(
                Membership.delivery(config, identity, outside.software()),
                new OutboxTables(outbox, database.writer(), database.readers()),
                sharedLog,
                peer,
                anchor::anchoredNextSeq,
                new Deliverer.Surroundings(events, metrics, clock, outside.random())));
        anchor.onMove(deliverer::wake);
        ForkFolder folder = new ForkFolder(directory);
        Forks forks = Forks.keep(
                sharedLog,
                new Forks.Founded(identity.genesis(), identity.founding().continuations(), identity.requirement()),
                folder);
        Finality finality = new Finality(
                identity.founding(), identity.logKeys(), sharedLog, database.writer(), database.readers(), events);
        Witness witness = opened(Witnesses.open(
                config,
                identity,
                new Witness.Parts(
                        sharedLog,
                        finality,
                        database.writer(),
                        database.readers(),
                        events,
                        clock,
                        () -> anchor.stopped().map(NodeAnchor.Stopped::message)),
                Membership.own(outbox, database.readers()),
                folder));
        deliverer.follow(witness);
        SealedPost post = opened(new SealedPost(identity.name(), database.writer(), database.readers(), clock));
        deliverer.carry(post);
        Linker linker = opened(new Linker(
                Membership.linker(identity),
                new Linker.Parts(
                        recorder,
                        new Linking(releaser),
                        keyring,
                        database.readers(),
                        Membership.post(post, clock),
                        events,
                        clock,
                        outside.random())));
        post.read(SealedKind.LINKKEY, Membership.reader(linker));
        witness.onStanding(standing -> linker.follow(LinkLog.of(standing)));
        deliverer.onContinuation(welcome -> {
            Membership.take(directory, welcome, events);
            moved.complete(true);
        });
        Disclosures disclosures = opened(new Disclosures(
                new Disclosures.Self(identity.federation(), identity.name(), identity.hpkeKey()),
                new Disclosures.Parts(
                        recorder,
                        releaser,
                        policy,
                        outbox,
                        database.readers(),
                        post,
                        () -> Membership.copy(witness),
                        outside.random(),
                        clock)));
        Requirements requirements = new Requirements(directory, sharedLog, events, () -> moved.complete(true));
        deliverer.onRequirement(requirements);
        witness.onRequirement(requirements::held);
        AskClient asker = new AskClient(peer, sharedLog, identity.federation(), events, ANSWER);
        LogReader log = new LogReader(witness::copy, peer, identity.federation(), outside.software(), ANSWER);
        opened(new Renewals(renewal, peer, deliverer, metrics, clock)).start();

        Tokens tokens = new Tokens(database.writer(), database.readers(), outside.random(), clock);
        AdminToken.adopt(directory, tokens, outside.random());
        long waiting = deliverer.status().pending();
        if (crashed) {
            recovered.add("the last process did not stop in order: " + records.count() + " records are there, "
                    + waiting + " statements wait for their receipt");
        }
        recovered.forEach(sentence -> LOG.warn("recovered: {}", sentence));
        NodeStatus status = new NodeStatus(
                identity,
                database,
                anchor,
                records,
                queue,
                sharedLog,
                new NodeStatus.Shared(finality, witness, forks),
                deliverer,
                renewal,
                events,
                new NodeStatus.Started(begun, outside.software(), recovered));
        LocalApi local = new LocalApi(
                config.http(),
                tokens,
                metrics,
                List.of(
                        new RecordRoutes(recorder, records, policy, config.http()),
                        new OpenLineageRoutes(recorder, config.http()),
                        new MarquezRoutes(database.readers()),
                        new ReleaseRoutes(queue, config.http()),
                        new DisclosureRoutes(disclosures, config.http()),
                        new LinkRoutes(linker, config.http()),
                        new PolicyRoutes(policy, records),
                        new ErasureRoutes(
                                new Eraser(recorder, database, outbox, new SearchProcess(), clock), config.http()),
                        new StewardRoutes(tokens, config.http()),
                        new StatementRoutes(outbox, sharedLog, finality, database.readers()),
                        new AskRoutes(asker, config.http(), finality::view),
                        new LogRoutes(
                                new LogRoutes.Checkpoints(sharedLog, finality, database.readers()),
                                new LogRoutes.Comparisons(witness::compare, witness::compareStatement),
                                log),
                        new AdminRoutes(config, tokens, new Backup(directory, database::backup)),
                        new StatusRoutes(status, metrics)));
        for (TlogApi tools : Witnesses.listeners(config, identity, witness, finality, sharedLog)) {
            tools.start();
            opened(tools);
            LOG.info("tools of C2SP are served at http://{}", tools.address());
        }
        disclosures.start();
        deliverer.start();
        linker.start();
        local.start();
        opened(local);
        opened(RunFile.write(directory, local, begun));
        return local;
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    /** Where the local API is. */
    public String url() {
        return api.url();
    }

    /**
     * Completes when the shared log goes on under another origin, or root requires second signatures: close this node then, and
     * start it anew.
     */
    public CompletableFuture<Boolean> moved() {
        return moved;
    }

    /** Whose node it is. */
    public NodeIdentity identity() {
        return identity;
    }

    /** What this start had to put right, in sentences; empty after an orderly stop. */
    public List<String> recovered() {
        return List.copyOf(recovered);
    }

    /** Takes nothing new, finishes what was acknowledged, and lets go of the directory. May be called twice. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("could not close {} in order", part.getClass().getSimpleName(), e);
            }
        }
    }
}
