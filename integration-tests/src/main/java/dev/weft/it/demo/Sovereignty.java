package dev.weft.it.demo;

import dev.weft.it.federation.SiteNode;
import dev.weft.it.search.Control;
import dev.weft.it.search.FileHaystack;
import dev.weft.it.search.Haystack;
import dev.weft.it.search.RawStore;
import dev.weft.it.search.RawValue;
import dev.weft.it.search.RelayHaystack;
import dev.weft.it.search.SearchReport;
import dev.weft.it.search.SovereigntySearch;
import dev.weft.it.search.SqliteHaystack;
import java.nio.file.Path;
import java.util.List;

/**
 * Searches everything that crossed a relay and everything that the aggregator keeps for what no site released.
 *
 * <p>The controls: the final model's digest and the code's (released, as text), and the planted one: a private value of
 * the coordinator whose bare SHA-256 the demo itself put into each round's protocol, where an unsalted digest might be
 * left by mistake. All have to be found in the messages, in the payloads, in the files and in the database values.
 */
final class Sovereignty {

    private final Study study;

    private Sovereignty(Study study) {
        this.study = study;
    }

    static SearchReport search(Study study) {
        return new Sovereignty(study).search();
    }

    static Check check(SearchReport report) {
        String detail = "%d unreleased values (%d too short) in %.1f MB: %d found; %d of %d controls found"
                .formatted(
                        report.rawValues(),
                        report.tooShort(),
                        report.bytesSearched() / 1e6,
                        report.found(),
                        report.controlsFound(),
                        report.controls());
        if (!report.findings().isEmpty()) {
            List<String> origins = report.findings().stream()
                    .map(finding -> finding.origin().replaceFirst(" record \\d+", ""))
                    .distinct()
                    .toList();
            detail += "; first: " + report.findings().get(0) + "; of " + origins;
        }
        if (!report.missed().isEmpty()) {
            detail += "; missed: " + report.missed();
        }
        return new Check("sovereignty", report.holds(), detail);
    }

    private SearchReport search() {
        RawStore store = new RawStore();
        for (SiteNode node : study.federation().nodes()) {
            store.add(node.name(), node.client().records());
        }
        store.release(Coordinator.PLANTED);
        Path aggregator = study.federation().aggregator().dir();
        List<Haystack> places = List.of(
                RelayHaystack.messages(study.recording()),
                RelayHaystack.payloads(study.recording()),
                new FileHaystack(List.of(aggregator, study.federation().log("aggregator"))),
                new SqliteHaystack(aggregator.resolve("aggregator.db")));
        return new SovereigntySearch(store.kept(), controls()).run(places);
    }

    private List<Control> controls() {
        return List.of(
                new Control("final model", RawValue.text("released", study.finalModel()), "text"),
                new Control(
                        "code", RawValue.text("released", Code.ofThisCheckout().digest()), "text"),
                new Control("planted digest", RawValue.text("planted", Coordinator.PLANTED), "SHA-256 of text"));
    }
}
