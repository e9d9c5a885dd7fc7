package dev.weft.node.http;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.node.SearchProcess;
import dev.weft.node.Site;
import dev.weft.node.ask.AskClient;
import dev.weft.node.ask.LogReader;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.FakeAggregator;
import dev.weft.node.deliver.SealedPost;
import dev.weft.node.disclose.Disclosures;
import dev.weft.node.link.Keyring;
import dev.weft.node.link.Linker;
import dev.weft.node.link.Post;
import dev.weft.node.release.Eraser;
import dev.weft.node.release.ReleasePolicy;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.upkeep.Backup;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.SharedHistory;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Every route of the node over the inner half of a test and an aggregator that is not asked. */
final class WholeApi implements AutoCloseable {
    final Tokens tokens;
    final LocalApi api;
    final List<RouteGroup> groups;
    private final FakeAggregator aggregator;

    WholeApi(Site site, ReleasePolicy policy) throws Exception {
        NodeConfig config = NodeConfig.load(site.directory, Map.of(), Map.of("http.address", "127.0.0.1:0"));
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        Metrics metrics = new Metrics();
        SecurityEvents events = new SecurityEvents(clock, metrics);
        aggregator = new FakeAggregator(random);
        SharedLog sharedLog = new SharedLog(
                FakeAggregator.ORIGIN,
                List.of(aggregator.verifier()),
                site.database.writer(),
                site.database.readers(),
                events,
                clock);
        SharedHistory history = new SharedHistory();
        Finality finality = new Finality(
                history.founding(),
                List.of(history.verifier()),
                sharedLog,
                site.database.writer(),
                site.database.readers(),
                events);
        tokens = new Tokens(site.database.writer(), site.database.readers(), random, clock);
        groups = List.of(
                new RecordRoutes(site.recorder, site.records, policy, config.http()),
                new OpenLineageRoutes(site.recorder, config.http()),
                new MarquezRoutes(site.database.readers()),
                new ReleaseRoutes(site.steward, config.http()),
                new DisclosureRoutes(disclosures(site, policy, random), config.http()),
                new LinkRoutes(linker(site, events, clock, random), config.http()),
                new PolicyRoutes(policy, site.records),
                new ErasureRoutes(
                        new Eraser(site.recorder, site.database, site.outbox, new SearchProcess(), clock),
                        config.http()),
                new StewardRoutes(tokens, config.http()),
                new StatementRoutes(site.outbox, sharedLog, finality, site.database.readers()),
                new AskRoutes(
                        new AskClient(aggregator, sharedLog, site.federation, events, Duration.ofSeconds(5)),
                        config.http(),
                        finality::view),
                new LogRoutes(
                        new LogRoutes.Checkpoints(sharedLog, finality, site.database.readers()),
                        new LogRoutes.Comparisons(
                                note -> CompletableFuture.completedFuture("the same log"),
                                statement -> CompletableFuture.completedFuture("the same")),
                        new LogReader(Optional::empty, aggregator, site.federation, "test", Duration.ofSeconds(5))),
                new AdminRoutes(config, tokens, new Backup(site.directory, site.database::backup)),
                new StatusRoutes(new Well(), metrics));
        api = new LocalApi(config.http(), tokens, metrics, groups);
    }

    /** Of a node that keeps no copy of the shared log. */
    private static Disclosures disclosures(Site site, ReleasePolicy policy, SecureRandom random) {
        MemberName self = new MemberName("hospital-a");
        return new Disclosures(
                new Disclosures.Self(site.federation, self, HpkeKey.generate(random)),
                new Disclosures.Parts(
                        site.recorder,
                        site.releaser,
                        policy,
                        site.outbox,
                        site.database.readers(),
                        new SealedPost(self, site.database.writer(), site.database.readers(), site.clock),
                        Optional::empty,
                        random,
                        site.clock));
    }

    /** One that has no copy of the log. */
    private static Linker linker(Site site, SecurityEvents events, InstantSource clock, SecureRandom random)
            throws Exception {
        Post nowhere = new Post() {
            @Override
            public void queue(Connection connection, MemberName to, Digest about, ByteString sealed) {}

            @Override
            public void wake() {}
        };
        return new Linker(
                new Linker.Self(site.federation, new MemberName("hospital-a"), site.key, HpkeKey.generate(random)),
                new Linker.Parts(
                        site.recorder,
                        site.linking,
                        Keyring.of(site.directory),
                        site.database.readers(),
                        nowhere,
                        events,
                        clock,
                        random));
    }

    List<Route> routes() {
        return groups.stream().flatMap(group -> group.routes().stream()).toList();
    }

    private static final class Well implements StatusRoutes.Health {
        @Override
        public JsonObject status() {
            return new JsonObject();
        }

        @Override
        public Optional<String> unready() {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        api.close();
        aggregator.close();
    }
}
