package dev.weft.proto.bundle;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.graph.Participation;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether a round is complete: closed, and each expected site settled, attested and undisputed. */
final class Completeness {
    private static final Set<SiteState> SETTLED =
            Set.of(SiteState.SITE_ACCEPTED, SiteState.SITE_REJECTED, SiteState.SITE_DROPPED, SiteState.SITE_DECLINED);

    private Completeness() {}

    static boolean holds(MemoryGraph graph, RoundStatus round) {
        return round.getClosed()
                && graph.sites(Digest.of(round.getId())).stream()
                        .filter(Participation::expected)
                        .map(Participation::site)
                        .allMatch(Completeness::isSettled);
    }

    private static boolean isSettled(SiteInRound site) {
        return SETTLED.contains(site.getState())
                && !site.getFlagsList().contains(Flag.UNATTESTED)
                && !site.getFlagsList().contains(Flag.DISPUTED);
    }

    /** The round's own steps and what its sites said. */
    static SortedSet<Long> entries(MemoryGraph graph, RoundStatus round) {
        SortedSet<Long> entries = new TreeSet<>(round.getClosePartEntriesList());
        entries.add(round.getRegisterEntry());
        if (round.getOpened()) {
            entries.add(round.getOpenEntry());
        }
        if (round.getClosed()) {
            entries.add(round.getCloseEntry());
        }
        graph.sites(Digest.of(round.getId()))
                .forEach(site -> entries.addAll(site.site().getEntriesList()));
        return entries;
    }

    /** The round in lines for people. */
    static List<String> report(MemoryGraph graph, RoundStatus round) {
        List<String> lines = new ArrayList<>();
        lines.add("round " + round.getTrainingLine() + "/" + round.getNumber() + " of '" + round.getRegistrant()
                + "' (entry " + round.getRegisterEntry() + "): "
                + (round.getClosed() ? "closed" : round.getOpened() ? "open" : "registered")
                + (holds(graph, round) ? ", complete" : ", not complete"));
        lines.add("  from " + round.getInputModel());
        if (!round.getOutputModel().isEmpty()) {
            lines.add("  made " + round.getOutputModel() + " (entry " + round.getCloseEntry() + ")");
        }
        for (Participation site : graph.sites(Digest.of(round.getId()))) {
            lines.add("  " + words(site));
        }
        return lines;
    }

    private static String words(Participation participation) {
        SiteInRound site = participation.site();
        String state = lower(site.getState().name().replace("SITE_", ""));
        String flags = site.getFlagsCount() == 0
                ? ""
                : ", "
                        + String.join(
                                ", ",
                                site.getFlagsList().stream()
                                        .map(flag -> lower(flag.name()))
                                        .toList());
        return "'" + site.getMember() + "' " + state + flags + " (entries " + site.getEntriesList() + ")";
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
