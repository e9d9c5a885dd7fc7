package dev.weft.proto.bundle;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.Ancestry;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.BundleQuestion;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.VertexKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The answer to a bundle's question, from the graph of its entries.
 *
 * @param claim which says whether it holds
 * @param report in lines for people
 */
record ScopeClaim(Claim claim, List<String> report) {

    static ScopeClaim of(BundleQuestion question, MemoryGraph graph, Authority authority, List<Long> spoken) {
        return switch (question.getKindCase()) {
            case MODEL -> model(question.getModel(), graph);
            case ROUND -> round(Digest.of(question.getRound()), graph);
            case MEMBER -> member(new MemberName(question.getMember()), authority, spoken);
            case DISCLOSURE -> throw new IllegalArgumentException("a disclosure is claimed by its own scope");
            case KIND_NOT_SET -> throw new IllegalArgumentException("a question of no kind was accepted");
        };
    }

    /** Fails where it asks for nothing, or names what cannot be. */
    static void check(BundleQuestion question) throws VerificationException {
        switch (question.getKindCase()) {
            case MODEL -> {
                ContentDigest unused = ContentDigest.parse(question.getModel());
            }
            case ROUND -> {
                Digest unused = Digest.parse(question.getRound(), "The round of a bundle's question");
            }
            case DISCLOSURE -> {
                Digest unused = Digest.parse(question.getDisclosure(), "The request of a bundle's question");
            }
            case MEMBER -> {
                MemberName unused = MemberName.parse(question.getMember());
            }
            case KIND_NOT_SET ->
                throw new VerificationException(Reason.MISSING_FIELD, "The bundle has no question; ask for it anew.");
        }
    }

    private static ScopeClaim model(String model, MemoryGraph graph) {
        Ancestry lineage = graph.behind(model);
        if (lineage.isEmpty()) {
            return new ScopeClaim(
                    new Claim("lineage", false, "No entry here made the model " + model + ".", List.of()), List.of());
        }
        List<RoundStatus> rounds = rounds(lineage, graph);
        List<String> report = new ArrayList<>();
        rounds.forEach(round -> report.addAll(Completeness.report(graph, round)));
        report.addAll(members(lineage));
        List<Long> entries = lineage.entries().boxed().toList();
        String detail = "The model was made by what " + rounds.size() + " rounds and "
                + lineage.size() + " things behind it say, in "
                + entries.size() + " entries.";
        return new ScopeClaim(new Claim("lineage", true, detail, entries), report);
    }

    private static List<RoundStatus> rounds(Ancestry lineage, MemoryGraph graph) {
        List<RoundStatus> rounds = new ArrayList<>();
        lineage.forEach((ref, author) -> {
            if (ref.kind() == VertexKind.ROUND_VERTEX) {
                rounds.add(graph.round(ref.key()).orElseThrow());
            }
        });
        rounds.sort(Comparator.comparing(RoundStatus::getRegisterEntry));
        return rounds;
    }

    /** Whose contributions and datasets stand behind it. */
    private static List<String> members(Ancestry lineage) {
        SortedMap<String, int[]> counts = new TreeMap<>();
        lineage.forEach((ref, author) -> {
            int[] count = counts.computeIfAbsent(author, name -> new int[2]);
            count[0] += ref.kind() == VertexKind.CONTRIBUTION_VERTEX ? 1 : 0;
            count[1] += ref.kind() == VertexKind.DATASET_VERTEX ? 1 : 0;
        });
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, int[]> each : counts.entrySet()) {
            lines.add("behind it, said by '" + each.getKey() + "': " + each.getValue()[0] + " contributions, "
                    + each.getValue()[1] + " datasets");
        }
        return lines;
    }

    private static ScopeClaim round(Digest id, MemoryGraph graph) {
        Optional<RoundStatus> found = graph.round(id);
        if (found.isEmpty()) {
            return new ScopeClaim(
                    new Claim("round-complete", false, "No entry here registers the round " + id + ".", List.of()),
                    List.of());
        }
        RoundStatus round = found.get();
        boolean holds = Completeness.holds(graph, round);
        String detail = holds
                ? "The round is closed, and each expected site is accounted for."
                : "The round is not complete: it is not closed, or an expected site is silent, unattested or disputed.";
        return new ScopeClaim(
                new Claim("round-complete", holds, detail, List.copyOf(Completeness.entries(graph, round))),
                Completeness.report(graph, round));
    }

    private static ScopeClaim member(MemberName member, Authority authority, List<Long> spoken) {
        if (authority.standing().member(member).isEmpty()) {
            return new ScopeClaim(
                    new Claim("sequence", false, "No entry here admits '" + member + "'.", List.of()), List.of());
        }
        boolean whole = authority.sequences().gaps().stream()
                .noneMatch(gap -> gap.getAuthor().equals(member.value()));
        String detail = spoken.isEmpty()
                ? "'" + member + "' is a member, and the bundle holds no statement of it."
                : whole
                        ? "The " + spoken.size() + " statements of '" + member + "' follow each other without a gap."
                        : "Statements of '" + member + "' are missing between those that are here.";
        return new ScopeClaim(new Claim("sequence", whole, detail, spoken), List.of());
    }
}
