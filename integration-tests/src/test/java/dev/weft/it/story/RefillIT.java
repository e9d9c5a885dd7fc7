package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The aggregator's database was set back: a member's mirror gives it back, to exactly what was signed. */
@Tag("recovery")
class RefillIT {

    @Test
    void restoredAggregator_refusesToSign_untilAMembersMirrorHasRefilledIt() throws IOException {
        Federation federation = SmallFederation.get();
        SiteNode coordinator = federation.node("coordinator");
        String mirror = "http://127.0.0.1:" + mirrorOn(coordinator);
        SmallFederation.awaitDurable(
                coordinator, SmallFederation.register(coordinator.client()).statement());
        Path backup = PlayedStudy.directory("backup").resolve("aggregator");
        federation.aggregatorCommand("backup", backup.toString());
        String after = SmallFederation.register(coordinator.client()).statement();
        SmallFederation.awaitDurable(coordinator, after);
        String size = federation.aggregatorStatus().get("size").getAsString();
        Await.until(
                "the mirror to have all of it",
                SmallFederation.LIMIT,
                () -> checkpoint(mirror).contains("\n" + size + "\n"));
        federation.aggregator().stop();
        Path database = federation.aggregator().dir().resolve("aggregator.db");
        Files.deleteIfExists(database.resolveSibling("aggregator.db-wal"));
        Files.deleteIfExists(database.resolveSibling("aggregator.db-shm"));
        Files.copy(backup.resolve("aggregator.db"), database, StandardCopyOption.REPLACE_EXISTING);

        Command refused = federation.tryAggregatorCommand("serve");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("anchor-ahead", "recover --from");
        assertThat(federation.aggregatorCommand("recover", "--from", mirror))
                .contains("Refilled", "to " + size + " with root");

        federation.aggregator().start();
        assertThat(federation.aggregatorStatus().get("size").getAsString()).isEqualTo(size);
        SmallFederation.awaitDurable(
                coordinator, SmallFederation.register(coordinator.client()).statement());
        assertThat(SmallFederation.state(coordinator, after)).isEqualTo("durable");
        assertThat(coordinator.client().status().getAsJsonArray("securityEvents"))
                .isEmpty();
    }

    /** Has the node serve its copy of the log; returns the port. */
    private static int mirrorOn(SiteNode node) throws IOException {
        node.daemon().stop();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(
                node.dir().resolve("node.properties"),
                "mirror.address = 127.0.0.1:" + port + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        node.daemon().start();
        return port;
    }

    private static String checkpoint(String mirror) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(mirror + "/checkpoint"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
