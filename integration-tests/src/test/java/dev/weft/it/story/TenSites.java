package dev.weft.it.story;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.RoundsQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A coordinator and ten sites, each with a node of its own, whose federated learning frameworks tell them of what they do. */
final class TenSites {
    static final int SITES = 10;

    /** The frameworks start Python processes by the dozen. */
    static final Duration LIMIT = Duration.ofMinutes(5);

    private static Optional<Federation> federation = Optional.empty();

    private TenSites() {}

    static synchronized Federation get() {
        if (federation.isEmpty()) {
            Federation created =
                    Federation.create(PlayedStudy.directory("ten"), "ten", Distribution.find(), Route.DIRECT);
            List<Seat> seats = new ArrayList<>(List.of(Seat.coordinator("coordinator")));
            names().forEach(name -> seats.add(Seat.site(
                    name,
                    "release contribution automatic",
                    "release evaluation automatic",
                    "field model.digest public",
                    "field dataset.digest public",
                    "field code.digest public")));
            created.admit(seats);
            federation = Optional.of(created);
        }
        return federation.get();
    }

    static synchronized void close() {
        federation.ifPresent(Federation::close);
        federation = Optional.empty();
    }

    static List<String> names() {
        return IntStream.rangeClosed(1, SITES).mapToObj("site-%02d"::formatted).toList();
    }

    /** How a Python process finds a node: address, token, and the datasets behind its training. */
    static JsonObject node(SiteNode node, List<String> datasets) {
        JsonObject json = new JsonObject();
        json.addProperty("url", address(node));
        json.addProperty("token", node.tokenFile().toString());
        JsonArray names = new JsonArray();
        datasets.forEach(names::add);
        json.add("datasets", names);
        return json;
    }

    static String address(SiteNode node) {
        return node.client().base().toString().replaceAll("/$", "");
    }

    static List<RoundStatus> rounds(SiteClient asking, String line) {
        return asking.ask(Question.newBuilder()
                        .setRounds(RoundsQuestion.newBuilder().setTrainingLine(line))
                        .build())
                .rounds();
    }

    static Answers lineage(SiteClient asking, String model) {
        return asking.ask(Question.newBuilder()
                .setLineage(LineageQuestion.newBuilder().setOf(model))
                .build());
    }

    /** Until the log has all that anybody stated, and the graph all of the log. */
    static void awaitDelivered() {
        get().nodes()
                .forEach(node -> Await.until(
                        "everything of " + node.name() + " in the log",
                        LIMIT,
                        () -> node.client().statements("pending").isEmpty()));
        SmallFederation.awaitGraph(get());
    }
}
