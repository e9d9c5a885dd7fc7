package dev.weft.node.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.bundle.BundleVerdict;
import dev.weft.proto.bundle.Claim;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.v1.BundleQuestion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A verdict on a bundle, for people and for programs. */
final class BundleReport {
    private BundleReport() {}

    static void print(BundleVerdict verdict, Console console) {
        console.line((verdict.holds() ? "HOLDS: " : "DOES NOT HOLD: ")
                + verdict.detail()
                + verdict.reason().map(reason -> " (" + reason.code() + ")").orElse(""));
        verdict.about().ifPresent(about -> about(about, console));
        console.line("");
        List<List<String>> rows = new ArrayList<>();
        for (Claim claim : verdict.claims()) {
            rows.add(List.of(
                    claim.holds() ? "holds" : "FALSE",
                    claim.name(),
                    Integer.toString(claim.entries().size()),
                    claim.detail()));
        }
        console.table(List.of("", "claim", "entries", "which says"), rows);
        verdict.about().filter(about -> !about.report().isEmpty()).ifPresent(about -> {
            console.line("");
            about.report().forEach(console::line);
        });
        console.line("");
        verdict.notProven().forEach(text -> console.line("not proven: " + text.text()));
    }

    private static void about(BundleVerdict.About about, Console console) {
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of("  question", question(about.question())));
        facts.add(List.of("  federation", about.name() + " " + about.federation()));
        facts.add(List.of(
                "  checkpoint",
                about.checkpoint().origin() + ", " + about.checkpoint().head().size() + " entries, root "
                        + about.checkpoint().head().root()));
        times(about)
                .ifPresent(times -> facts.add(List.of(
                        "  cosigned",
                        about.cosignatures().size() + " witnesses saw it, the first at " + times.get(0)
                                + ", the last at " + times.get(1))));
        console.facts(facts);
    }

    private static String question(BundleQuestion question) {
        return switch (question.getKindCase()) {
            case MODEL -> "model " + question.getModel();
            case ROUND -> "round " + hex(question.getRound());
            case MEMBER -> "member " + question.getMember();
            case DISCLOSURE -> "disclosure " + hex(question.getDisclosure());
            case KIND_NOT_SET -> "none";
        };
    }

    private static Optional<List<Instant>> times(BundleVerdict.About about) {
        List<Instant> times = about.cosignatures().stream()
                .map(Cosignature::time)
                .sorted(Comparator.naturalOrder())
                .toList();
        return times.isEmpty() ? Optional.empty() : Optional.of(List.of(times.get(0), times.get(times.size() - 1)));
    }

    static JsonObject json(BundleVerdict verdict, Optional<ByteString> policy) {
        JsonObject body = new JsonObject();
        body.addProperty("verdict", verdict.holds() ? "holds" : "does-not-hold");
        body.addProperty("reason", verdict.reason().map(Reason::code).orElse(""));
        body.addProperty("detail", verdict.detail());
        JsonArray claims = new JsonArray();
        verdict.claims().forEach(claim -> claims.add(json(claim)));
        body.add("claims", claims);
        JsonArray notProven = new JsonArray();
        for (BundleVerdict.NotProvenText text : verdict.notProven()) {
            JsonObject one = new JsonObject();
            one.addProperty("code", text.code());
            one.addProperty("text", text.text());
            notProven.add(one);
        }
        body.add("notProven", notProven);
        JsonObject checkpoint = new JsonObject();
        verdict.about().ifPresent(about -> {
            checkpoint(about, checkpoint);
            body.addProperty("federation", about.federation().hex());
            body.addProperty("federationName", about.name());
            body.addProperty("question", question(about.question()));
        });
        body.add("checkpoint", checkpoint);
        JsonObject judgedBy = new JsonObject();
        judgedBy.addProperty("given", policy.isPresent());
        policy.ifPresent(
                file -> judgedBy.addProperty("sha256", Hashing.sha256(file).hex()));
        body.add("policy", judgedBy);
        return body;
    }

    private static JsonObject json(Claim claim) {
        JsonObject one = new JsonObject();
        one.addProperty("name", claim.name());
        one.addProperty("holds", claim.holds());
        one.addProperty("detail", claim.detail());
        JsonArray entries = new JsonArray();
        claim.entries().forEach(entries::add);
        one.add("entries", entries);
        return one;
    }

    private static void checkpoint(BundleVerdict.About about, JsonObject into) {
        into.addProperty("origin", about.checkpoint().origin());
        into.addProperty("size", about.checkpoint().head().size());
        into.addProperty("root", about.checkpoint().head().root().hex());
        JsonArray cosignatures = new JsonArray();
        for (Cosignature cosignature : about.cosignatures()) {
            JsonObject one = new JsonObject();
            one.addProperty("witness", cosignature.line().name());
            one.addProperty("time", cosignature.time().toString());
            cosignatures.add(one);
        }
        into.add("cosignatures", cosignatures);
        times(about).ifPresent(times -> {
            into.addProperty("seenFrom", times.get(0).toString());
            into.addProperty("seenTo", times.get(1).toString());
        });
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
