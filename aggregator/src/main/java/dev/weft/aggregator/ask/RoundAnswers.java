package dev.weft.aggregator.ask;

import dev.weft.aggregator.db.OpeningStore;
import dev.weft.aggregator.graph.GraphQuery;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.OpenedField;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rounds: who was expected, what came, what was made. */
final class RoundAnswers {
    private static final Set<SiteState> SETTLED =
            Set.of(SiteState.SITE_ACCEPTED, SiteState.SITE_REJECTED, SiteState.SITE_DROPPED, SiteState.SITE_DECLINED);
    private static final char BETWEEN = '/';

    private RoundAnswers() {}

    static void one(Answering answering, String name) throws SQLException, VerificationException {
        Vertex vertex = Starts.resolve(answering.graph(), name).get(0);
        Optional<RoundStatus> round = vertex.getKind() == VertexKind.ROUND_VERTEX
                ? answering.graph().round(Digest.of(vertex.getKey()))
                : Optional.empty();
        if (round.isEmpty()) {
            throw new VerificationException(
                    Reason.UNKNOWN_ROUND, "'" + name + "' is no round; name one as line/number or by its id.");
        }
        answering.tell(whole(answering, round.get()));
    }

    static void all(Answering answering, String trainingLine) throws SQLException, VerificationException {
        String last = PageToken.last(answering.question(), String.valueOf(BETWEEN));
        int most = Limits.pageSize(answering.question());
        List<RoundStatus> rounds = answering.graph().rounds(trainingLine, line(last), number(last), most + 1);
        for (RoundStatus round : rounds.subList(0, Math.min(most, rounds.size()))) {
            answering.tell(whole(answering, round));
            last = round.getTrainingLine() + BETWEEN + round.getNumber();
        }
        if (rounds.size() > most) {
            answering.end().setNextPageToken(PageToken.print(answering.question(), last));
        }
    }

    private static String line(String place) {
        return place.substring(0, Math.max(0, place.lastIndexOf(BETWEEN)));
    }

    private static int number(String place) throws VerificationException {
        String number = place.substring(place.lastIndexOf(BETWEEN) + 1);
        try {
            return number.isEmpty() ? 0 : Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new VerificationException(Reason.BAD_PAGE_TOKEN, "This page token names no round; ask without one.");
        }
    }

    private static RoundStatus whole(Answering answering, RoundStatus round) throws SQLException {
        List<GraphQuery.Site> sites = answering.graph().sites(Digest.of(round.getId()));
        RoundStatus.Builder whole = round.toBuilder().setComplete(complete(round, sites));
        List<GraphQuery.Site> ordered = sites.stream()
                .sorted(Comparator.comparing(GraphQuery.Site::expected)
                        .reversed()
                        .thenComparing(site -> site.site().getMember()))
                .toList();
        for (GraphQuery.Site site : ordered) {
            whole.addSites(withSummaries(answering, site.site()));
        }
        return whole.build();
    }

    private static boolean complete(RoundStatus round, List<GraphQuery.Site> sites) {
        return round.getClosed()
                && sites.stream()
                        .filter(GraphQuery.Site::expected)
                        .map(GraphQuery.Site::site)
                        .allMatch(site -> SETTLED.contains(site.getState())
                                && !site.getFlagsList().contains(Flag.UNATTESTED)
                                && !site.getFlagsList().contains(Flag.DISPUTED));
    }

    private static SiteInRound withSummaries(Answering answering, SiteInRound site) throws SQLException {
        SiteInRound.Builder told = site.toBuilder();
        for (long entry : site.getEntriesList()) {
            for (Opening opening : OpeningStore.find(answering.snapshot(), answering.federation(), entry)) {
                told.addSummaries(OpenedField.newBuilder()
                        .setName(opening.getName())
                        .setValue(printed(opening))
                        .setEntry(entry)
                        .setOpening(opening));
            }
        }
        return told.build();
    }

    private static String printed(Opening opening) {
        try {
            return FieldValue.parse(opening.getValue()).display();
        } catch (VerificationException e) {
            throw new IllegalStateException("A stored opening does not parse; it was checked when it came", e);
        }
    }
}
