package dev.weft.it.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Recorded;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.v1.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A data steward, who has a keyboard and a browser, refuses one statement and lets another one out. */
@Tag("browser")
class StewardPageIT {

    private static final String POLICY = "release contribution steward\nfield metric.accuracy open\n";
    private static final String MODEL = "weft-model-v1:" + "ab".repeat(32);

    @Test
    void steward_decidesByKeyboardAndWhatWasShownLeaves() throws IOException {
        Python python = Python.with("playwright", "requirements-browser.txt");
        Optional<Path> chromium = chromium();
        python.assume(chromium.isPresent(), "no chromium on the PATH, and WEFT_CHROMIUM names none");
        Path dir = PlayedStudy.directory("page");
        try (Federation federation = Federation.create(dir, "page", Distribution.find(), Route.DIRECT)) {
            federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("hospital-a", POLICY)));
            SiteNode node = federation.node("hospital-a");
            Path token = node.addToken("dr-grant", "steward");
            String refused = contribution(node, "one");
            String approved = contribution(node, "two");
            contribution(node, "three");
            String shown = node.client().release(approved).get("body").getAsString();
            String request = request(federation, node, token);
            Path preview = Files.writeString(dir.resolve("preview"), shown);

            String seen = python.run(
                    "steward_page.py",
                    chromium.orElseThrow().toString(),
                    address(node, token),
                    address(node, token),
                    refused,
                    approved,
                    request,
                    preview.toString(),
                    dir.toString());

            assertThat(seen).contains("holds  it is approved").doesNotContain("FAILS");
            assertThat(node.client().release(refused).get("state").getAsString())
                    .isEqualTo("refused");
            JsonObject decided = node.client().release(approved);
            assertThat(decided.get("decidedBy").getAsString()).isEqualTo("dr-grant");
            String statement = decided.get("statement").getAsString();
            SmallFederation.awaitDurable(node, statement);
            assertThat(withoutHeader(node, statement)).isEqualTo(shown);
        }
    }

    /** The coordinator asks for the name of a dataset; gives the request's number at the hospital, where it waits. */
    private static String request(Federation federation, SiteNode node, Path token) {
        JsonObject let = node.client(token).approve(contribution(node, "asked"));
        String statement = let.get("statement").getAsString();
        SmallFederation.awaitDurable(node, statement);
        SiteNode coordinator = federation.node("coordinator");
        Await.until(
                "the coordinator's copy of the log holds the statement",
                SmallFederation.LIMIT,
                () -> coordinator
                                .tryCommand("disclosure", "ask", statement, "--artifact", "dataset", "--field", "name")
                                .exitCode()
                        == 0);
        Await.until("the request has come", SmallFederation.LIMIT, () -> requests(node) > 0);
        return "1";
    }

    private static int requests(SiteNode node) {
        return node.client()
                .send("GET", "/v1/disclosures", "")
                .body()
                .getAsJsonArray("disclosures")
                .size();
    }

    private static String withoutHeader(SiteNode node, String statement) throws IOException {
        byte[] envelope = Base64.getDecoder()
                .decode(node.client().statement(statement).get("envelope").getAsString());
        String payload = Envelope.parseFrom(envelope).getPayload().toString(UTF_8);
        String header = JsonParser.parseString(payload)
                .getAsJsonObject()
                .getAsJsonObject("predicate")
                .getAsJsonObject("header")
                .toString();
        assertThat(payload).contains("\"header\":" + header + ",");
        return payload.replace("\"header\":" + header + ",", "");
    }

    private static String address(SiteNode node, Path token) {
        return node.command("steward", "--token-file", token.toString()).strip();
    }

    private static Optional<Path> chromium() {
        return Optional.ofNullable(System.getenv("WEFT_CHROMIUM"))
                .map(Path::of)
                .or(() -> Stream.of(System.getenv("PATH").split(":"))
                        .flatMap(dir -> Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(dir, name)))
                        .filter(Files::isExecutable)
                        .findFirst());
    }

    private static String contribution(SiteNode node, String name) {
        node.client().record(json("""
                {"kind": "dataset", "externalId": "rows-%s", "name": "rows that were %s for", "digest": "sha256:%s"}
                """.formatted(name, name, "%064x".formatted(name.hashCode()))));
        node.client().record(json("""
                {"kind": "run", "externalId": "train-%s", "step": "train", "inputs": ["rows-%s"],
                 "metrics": {"accuracy": 0.9375}}
                """.formatted(name, name)));
        Recorded recorded = node.client().record(json("""
                {"kind": "round", "event": "contribution", "externalId": "%s", "round": "%s", "run": "train-%s",
                 "inputModel": "%s", "wireDigest": "%s"}
                """.formatted(name, "11".repeat(32), name, MODEL, MODEL)));
        return recorded.releaseId().orElseThrow();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
