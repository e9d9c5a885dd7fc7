package dev.weft.it.story;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Relayed;
import dev.weft.it.relay.Relays;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.ImpactQuestion;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two hospitals train on the same public dataset and tell nobody outside which. Their values meet in the graph; whoever
 * holds all that the aggregator holds cannot find out the dataset among eight candidates, and a member can, as the preview
 * says. Then a member is revoked, and the key is another one.
 */
@Tag("steward")
class LinkingIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String[] POLICY = {"field dataset.digest linkable", "release alias automatic"};
    private static final String PERSON = "dr-steward";
    private static final List<String> CANDIDATES = IntStream.range(0, 8)
            .mapToObj(n -> "sha256:"
                    + Hashing.sha256(("public dataset " + n).getBytes(UTF_8)).hex())
            .toList();
    private static final String DATASET = CANDIDATES.get(5);
    private static final String START = "weft-model-v1:" + "11".repeat(32);
    private static final String SENT = "weft-model-v1:" + "22".repeat(32);

    @Test
    void sameDatasetAtTwoHospitals_meets_andTheAggregatorCannotGuessIt() {
        try (Relays relays = new Relays();
                Federation federation =
                        Federation.create(PlayedStudy.directory("linking"), "linking", Distribution.find(), relays)) {
            Stream.of(
                            Seat.coordinator("coordinator"),
                            Seat.site("hospital-a", POLICY),
                            Seat.site("hospital-b", POLICY),
                            Seat.site("hospital-c", POLICY))
                    .forEach(seat -> federation.admit(List.of(seat)));
            List<SiteNode> hospitals = Stream.of("hospital-a", "hospital-b", "hospital-c")
                    .map(federation::node)
                    .toList();
            hospitals.forEach(node -> node.addToken(PERSON, "steward"));
            SiteNode maker = hospitals.get(0);

            link(maker, "make");
            awaitKey(maker, 1);
            give(maker, hospitals.get(1), 1);
            give(maker, hospitals.get(2), 1);

            String round = round(federation.node("coordinator"));
            hospitals.stream().limit(2).forEach(node -> contribute(node, round));
            String value = value(maker, DATASET);
            assertThat(value(hospitals.get(1), DATASET)).isEqualTo(value);
            meets(federation.node("hospital-b"), value, Set.of("hospital-a", "hospital-b"));

            enumerationFails(federation, relays);
            assertThat(CANDIDATES)
                    .as("a member with the key finds it, as the preview says")
                    .filteredOn(candidate -> value(hospitals.get(2), candidate).equals(value))
                    .containsExactly(DATASET);

            rotated(federation, hospitals, value);
        }
    }

    /** hospital-c is revoked; the others go on under a key that it does not have, and lineage stays whole. */
    private static void rotated(Federation federation, List<SiteNode> hospitals, String old) {
        SiteNode maker = hospitals.get(0);
        federation.aggregatorCommand("revoke", "hospital-c");
        link(maker, "rotate", "hospital-c was revoked");
        awaitKey(maker, 2);
        give(maker, hospitals.get(1), 2);

        String value = value(hospitals.get(1), DATASET);
        assertThat(value).isNotEqualTo(old);
        meets(hospitals.get(1), value, Set.of("hospital-a", "hospital-b"));
        Answers impact = impact(hospitals.get(0), value);
        assertThat(impact.edges())
                .filteredOn(edge -> edge.getKind() == EdgeKind.ALTERNATE_OF)
                .as("whose word it is stands behind every alias")
                .isNotEmpty()
                .allMatch(edge -> edge.getEntry() > 0);
        Command late = federation
                .node("hospital-c")
                .tryCommand(tokened(hospitals.get(2), "link", "value", "dataset", DATASET));
        assertThat(late.output()).as("its old key gives the old value, at most").doesNotContain(value);
        assertThat(requests(maker))
                .filteredOn(request -> request.get("epoch").getAsInt() == 2)
                .extracting(request -> request.get("member").getAsString())
                .containsExactly("hospital-b");
    }

    private static void meets(SiteNode node, String value, Set<String> sites) {
        Await.until("both sites' datasets behind one value", LIMIT, () -> {
            Answers impact = impact(node, value);
            return impact.holds()
                    && authors(impact, VertexKind.CONTRIBUTION_VERTEX).equals(sites);
        });
        assertThat(authors(impact(node, value), VertexKind.DATASET_VERTEX)).isEqualTo(sites);
    }

    private static Set<String> authors(Answers answers, VertexKind kind) {
        Set<String> authors = new HashSet<>();
        answers.vertices().stream()
                .filter(vertex -> vertex.getKind() == kind)
                .map(Vertex::getAuthor)
                .forEach(authors::add);
        return authors;
    }

    private static Answers impact(SiteNode node, String value) {
        return node.client()
                .ask(Question.newBuilder()
                        .setImpact(ImpactQuestion.newBuilder().setOf(value))
                        .setProof(true)
                        .build());
    }

    /** Every 32 bytes that stand anywhere in the aggregator's files or passed it are tried as the key. */
    private static void enumerationFails(Federation federation, Relays relays) {
        String check = federationCheck(federation);
        ByteString key = key(federation.node("hospital-a"));
        assertThat(isKey(key, check))
                .as("the search knows the key when it sees it")
                .isTrue();
        List<ByteString> held = new ArrayList<>(files(federation.aggregator().dir()));
        relays.recording().all().stream().map(Relayed::bytes).forEach(held::add);
        assertThat(held.stream().mapToLong(ByteString::size).sum()).isGreaterThan(100_000);
        Set<ByteString> tried = new HashSet<>();
        for (ByteString haystack : held) {
            for (int at = 0; at + LinkingKey.SIZE <= haystack.size(); at++) {
                ByteString window = haystack.substring(at, at + LinkingKey.SIZE);
                if (tried.add(window)) {
                    assertThat(isKey(window, check)).isFalse();
                }
            }
            String text = haystack.toString(ISO_8859_1);
            assertThat(text.contains(HexFormat.of().formatHex(key.toByteArray())))
                    .isFalse();
            assertThat(text.contains(Base64.getEncoder().encodeToString(key.toByteArray())))
                    .isFalse();
        }
        assertThat(tried.size()).isGreaterThan(10_000);
    }

    private static ByteString key(SiteNode node) {
        List<ByteString> keys = files(node.dir().resolve("linking"));
        assertThat(keys).hasSize(1);
        return ByteString.copyFrom(
                HexFormat.of().parseHex(keys.get(0).toStringUtf8().strip()));
    }

    private static String federationCheck(Federation federation) {
        return status(federation.node("hospital-a")).get("check").getAsString();
    }

    private static boolean isKey(ByteString key, String check) {
        try {
            LinkingKey unused = LinkingKey.of(key, Digest.fromHex(check));
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }

    private static List<ByteString> files(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<ByteString> all = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.add(ByteString.copyFrom(Files.readAllBytes(file)));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void give(SiteNode from, SiteNode to, int epoch) {
        Await.until(
                "the request of " + to.name(),
                LIMIT,
                () -> waiting(from, to, epoch).isPresent());
        JsonObject asked = waiting(from, to, epoch).orElseThrow();
        assertThat(asked.get("keyId").getAsString()).hasSize(32);
        link(from, "approve", asked.get("requestId").getAsString());
        awaitKey(to, epoch);
    }

    private static Optional<JsonObject> waiting(SiteNode at, SiteNode of, int epoch) {
        return requests(at).stream()
                .filter(request -> request.get("member").getAsString().equals(of.name())
                        && request.get("epoch").getAsInt() == epoch
                        && request.get("state").getAsString().equals("waiting"))
                .findFirst();
    }

    private static List<JsonObject> requests(SiteNode node) {
        JsonArray requests = get(node, "/v1/link/requests").getAsJsonArray("requests");
        List<JsonObject> all = new ArrayList<>();
        for (JsonElement request : requests) {
            all.add(request.getAsJsonObject());
        }
        return all;
    }

    private static void awaitKey(SiteNode node, int epoch) {
        Await.until("the key of epoch " + epoch + " at " + node.name(), LIMIT, () -> {
            JsonObject status = status(node);
            return status.get("epoch").getAsInt() == epoch && status.get("held").getAsBoolean();
        });
    }

    private static JsonObject status(SiteNode node) {
        return get(node, "/v1/link");
    }

    private static JsonObject get(SiteNode node, String path) {
        return node.client().send("GET", path, "").body();
    }

    private static String value(SiteNode node, String digest) {
        String printed = link(node, "value", "dataset", digest).strip();
        assertThat(HexFormat.of().parseHex(printed.substring("linkable:".length())))
                .hasSize(32);
        return printed;
    }

    private static String link(SiteNode node, String... arguments) {
        String[] all = Stream.concat(Stream.of("link"), Stream.of(arguments)).toArray(String[]::new);
        return node.command(tokened(node, all));
    }

    private static String[] tokened(SiteNode node, String... arguments) {
        String token = node.dir().resolve("tokens").resolve(PERSON + ".token").toString();
        return Stream.concat(Stream.of(arguments), Stream.of("--token-file", token))
                .toArray(String[]::new);
    }

    private static String round(SiteNode coordinator) {
        JsonObject register = new JsonObject();
        register.addProperty("externalId", "register");
        register.addProperty("trainingLine", "linking");
        register.addProperty("number", 1);
        register.addProperty("inputModel", START);
        return coordinator.client().round("register", register).statement();
    }

    private static void contribute(SiteNode node, String round) {
        JsonObject dataset = new JsonObject();
        dataset.addProperty("kind", "dataset");
        dataset.addProperty("externalId", "data");
        dataset.addProperty("name", "a public dataset, as " + node.name() + " calls it");
        dataset.addProperty("digest", DATASET);
        node.client().record(dataset);
        JsonObject run = new JsonObject();
        run.addProperty("kind", "run");
        run.addProperty("externalId", "train");
        run.addProperty("step", "train");
        JsonArray inputs = new JsonArray();
        inputs.add("data");
        run.add("inputs", inputs);
        node.client().record(run);
        JsonObject contribution = new JsonObject();
        contribution.addProperty("kind", "round");
        contribution.addProperty("event", "contribution");
        contribution.addProperty("externalId", "contribution");
        contribution.addProperty("round", round);
        contribution.addProperty("run", "train");
        contribution.addProperty("inputModel", START);
        contribution.addProperty("wireDigest", SENT);
        SmallFederation.awaitDurable(node, node.client().record(contribution).statement());
    }
}
