package dev.weft.it.story;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** An aggregator, a coordinator and one hospital, whose processes are stopped and killed and started again. */
final class SmallFederation {

    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static Optional<Federation> federation = Optional.empty();

    private SmallFederation() {}

    /** The one federation of these stories, with everything running. */
    static synchronized Federation get() {
        if (federation.isEmpty()) {
            Federation created =
                    Federation.create(PlayedStudy.directory("small"), "small", Distribution.find(), Route.DIRECT);
            created.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a", "progress started on")));
            federation = Optional.of(created);
        }
        Federation all = federation.get();
        if (!all.aggregator().running()) {
            all.aggregator().start();
        }
        all.nodes().stream()
                .filter(node -> !node.daemon().running())
                .forEach(node -> node.daemon().start());
        return all;
    }

    /** Registers a round that nobody will train: one statement. */
    static Recorded register(SiteClient coordinator) {
        int number = NUMBER.incrementAndGet();
        JsonObject register = new JsonObject();
        register.addProperty("externalId", "register-" + number);
        register.addProperty("trainingLine", "story");
        register.addProperty("number", number);
        register.addProperty("inputModel", "weft-model-v1:" + "%064x".formatted(number + 1));
        return coordinator.round("register", register);
    }

    /** A note about nothing that leaves: one record. */
    static JsonObject dataset(String externalId) {
        JsonObject dataset = new JsonObject();
        dataset.addProperty("kind", "dataset");
        dataset.addProperty("externalId", externalId);
        dataset.addProperty("name", "rows of " + externalId);
        dataset.addProperty("digest", "sha256:" + "%064x".formatted(externalId.hashCode() & 0xFFFFFFFFL));
        return dataset;
    }

    static void awaitDurable(SiteNode node, String statement) {
        Await.until(
                "a receipt for " + statement,
                LIMIT,
                () -> state(node, statement).equals("durable"));
    }

    /** Until the graph has every entry of the log: receipts come before it. */
    static void awaitGraph(Federation federation) {
        Await.until("the graph following the log", LIMIT, () -> {
            JsonObject status = federation.aggregatorStatus();
            return status.get("projected").equals(status.get("size"));
        });
    }

    /** pending, durable, refused; empty where the node does not know it or cannot be reached. */
    static String state(SiteNode node, String statement) {
        try {
            return node.client().statement(statement).get("state").getAsString();
        } catch (RefusedException | UncheckedIOException e) {
            return ""; // also between two starts of its own
        }
    }
}
