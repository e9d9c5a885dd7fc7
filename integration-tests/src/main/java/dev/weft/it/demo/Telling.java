package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.search.SearchReport;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.ImpactSummary;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells people what came out. */
final class Telling {

    private final Study study;
    private final Inspection inspection;
    private final Terminal terminal;

    Telling(Study study, Inspection inspection, Terminal terminal) {
        this.study = study;
        this.inspection = inspection;
        this.terminal = terminal;
    }

    void rounds() {
        terminal.title("The rounds, as the log has them");
        List<List<String>> table = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("round", "expected", "contributed"));
        study.names().forEach(name -> heading.add("accuracy " + name.replace("hospital-", "")));
        heading.addAll(List.of("input model", "output model", "log indexes"));
        table.add(heading);
        for (RoundFacts round : study.rounds()) {
            List<String> row = new ArrayList<>();
            row.add(String.valueOf(round.number()));
            row.add(study.names().size() + " sites");
            row.add(round.contributions().size() + " of " + study.names().size());
            study.names()
                    .forEach(name -> row.add(Terminal.percent(round.accuracy().getOrDefault(name, 0.0))));
            row.add(Terminal.brief(round.inputModel()));
            row.add(Terminal.brief(round.outputModel()));
            row.add(indexes(Report.logIndexes(inspection, round)));
            table.add(row);
        }
        terminal.table(table);
    }

    void lineage(Answers lineage) {
        terminal.title("Behind the final global model " + Terminal.brief(study.finalModel()) + "...");
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("member", "dataset versions (commitments)", "code", "environment", "contributions"));
        for (String member : Inspection.members(lineage)) {
            table.add(List.of(
                    member,
                    labels(lineage, VertexKind.DATASET_VERTEX, member),
                    labels(lineage, VertexKind.CODE_VERTEX, member),
                    labels(lineage, VertexKind.ENVIRONMENT_VERTEX, member),
                    String.valueOf(Inspection.of(lineage, VertexKind.CONTRIBUTION_VERTEX).stream()
                            .filter(v -> v.getAuthor().equals(member))
                            .count())));
        }
        terminal.table(table);
        terminal.line("%d vertices, %d edges, %d rounds; each of the %d entries behind them is proved to be in the log"
                .formatted(
                        lineage.vertices().size(),
                        lineage.edges().size(),
                        Inspection.of(lineage, VertexKind.ROUND_VERTEX).size(),
                        lineage.entries().size()));
        terminal.line("not proved by it: "
                + String.join(
                        ", ",
                        lineage.end().getNotProvenList().stream()
                                .map(not -> not.getCode())
                                .toList()));
    }

    void impact(String dataset, Answers impact) {
        terminal.title(
                "If " + study.changing().name() + " withdraws its dataset version " + Terminal.brief(dataset) + "...");
        boolean revoked =
                impact.vertices().stream().anyMatch(v -> v.getFlagsList().contains(Flag.REVOKED));
        if (revoked) {
            terminal.line("it did: its revocation is in the log");
        }
        for (ImpactSummary line : impact.end().getImpactList()) {
            terminal.line("training line " + line.getTrainingLine() + ": every global model from round "
                    + line.getFirstRound() + " on is affected");
            line.getModelsList().forEach(model -> terminal.line("  " + model));
        }
    }

    void kept(SearchReport search) {
        terminal.title("What stayed, and what left");
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("node", "records kept", "bytes kept", "bytes that left"));
        for (SiteNode node : study.federation().nodes()) {
            JsonObject status = node.client().status();
            table.add(List.of(
                    node.name(),
                    String.valueOf(status.get("records").getAsLong()),
                    grouped(status.get("bytes").getAsLong()),
                    grouped(Report.bytesUp(study, node))));
        }
        terminal.table(table);
        terminal.line("searched " + grouped(search.bytesSearched()) + " bytes for " + search.rawValues()
                + " values that no policy released: " + search.found() + " found");
    }

    void checks(List<Check> checks) {
        terminal.title("Checked");
        checks.forEach(check -> terminal.verdict(check.holds(), check.name(), check.detail()));
    }

    void where(boolean kept) {
        terminal.title("Where everything lies");
        terminal.line(study.options().dir() + "  (one directory a daemon, logs/, data/, invitations/)");
        terminal.title("Try next");
        if (!kept) {
            terminal.line(
                    "./demo --keep                      the same, with your other flags, and it stays up until Ctrl-C; then, beside it:");
        }
        String node = "node/target/weft-node/bin/weft-node";
        Hospital hospital = study.hospitals().get(0);
        terminal.line(node + " status --dir " + hospital.node().dir());
        terminal.line(node + " ask rounds --dir " + hospital.node().dir());
        terminal.line(node + " ask lineage " + study.finalModel() + " --dir "
                + hospital.node().dir());
        terminal.line(node + " release list --state all --dir "
                + study.hospitals().get(study.hospitals().size() - 1).node().dir());
        terminal.line("aggregator/target/weft-aggregator/bin/weft-aggregator status --dir "
                + study.federation().aggregator().dir());
    }

    private static String labels(Answers lineage, VertexKind kind, String member) {
        List<String> labels = Inspection.of(lineage, kind).stream()
                .filter(v -> v.getAuthor().equals(member))
                .map(Telling::brief)
                .distinct()
                .toList();
        return labels.isEmpty()
                ? "-"
                : String.join(" ", labels.subList(0, Math.min(4, labels.size())))
                        + (labels.size() > 4 ? " +" + (labels.size() - 4) : "");
    }

    private static String brief(Vertex vertex) {
        String label = vertex.getLabel();
        return label.contains(":") ? Terminal.brief(label) : label.substring(0, Math.min(12, label.length()));
    }

    private static String indexes(List<Long> indexes) {
        return indexes.isEmpty()
                ? "-"
                : indexes.get(0) + "-" + indexes.get(indexes.size() - 1) + " (" + indexes.size() + " entries)";
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
