package dev.weft.aggregator.ask;

import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.Vertex;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Vertices whose label or key begins with a text. */
final class SearchAnswer {
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{8,64}");

    private SearchAnswer() {}

    static void answer(Answering answering, String text) throws SQLException, VerificationException {
        long last = PageToken.lastNumber(answering.question());
        int most = Limits.pageSize(answering.question());
        int told = 0;
        List<Vertex> some;
        do {
            some = after(answering, text, last, most + 1);
            for (Vertex vertex : some) {
                if (wanted(answering.question(), vertex)) {
                    if (told++ == most) {
                        answering.end().setNextPageToken(PageToken.print(answering.question(), Long.toString(last)));
                        return;
                    }
                    answering.tell(vertex);
                }
                last = vertex.getId();
            }
        } while (some.size() > most);
    }

    /** The first vertices above a number whose label or key begins so. */
    private static List<Vertex> after(Answering answering, String text, long last, int most) throws SQLException {
        SortedMap<Long, Vertex> found = new TreeMap<>();
        add(found, answering.graph().withLabelPrefix(text, last, most));
        if (KEY.matcher(text).matches()) {
            add(found, answering.graph().withKeyPrefix(text, last, most));
        }
        return found.values().stream().limit(most).toList();
    }

    private static boolean wanted(Question question, Vertex vertex) {
        boolean word = question.getAssertions() || !vertex.getFlagsList().contains(Flag.ASSERTION);
        return word && (question.getKindsCount() == 0 || question.getKindsList().contains(vertex.getKind()));
    }

    private static void add(Map<Long, Vertex> found, List<Vertex> vertices) {
        vertices.forEach(vertex -> found.put(vertex.getId(), vertex));
    }
}
