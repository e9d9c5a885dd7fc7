package dev.weft.aggregator.ask;

import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Vertex;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Vertices whose label or key begins with a text. */
final class SearchAnswer {
    private static final Pattern KEY = Pattern.compile("([0-9a-f]{2}){4,32}");

    private SearchAnswer() {}

    static void answer(Answering answering, String text) throws SQLException, VerificationException {
        long last = PageToken.lastNumber(answering.question());
        int most = Limits.pageSize(answering.question());
        Map<Long, Vertex> found = new TreeMap<>();
        add(found, answering.graph().withLabelPrefix(text, Integer.MAX_VALUE));
        if (KEY.matcher(text).matches()) {
            add(found, answering.graph().withKeyPrefix(HexFormat.of().parseHex(text), Integer.MAX_VALUE));
        }
        int told = 0;
        for (Vertex vertex : found.values()) {
            if (vertex.getId() <= last || !wanted(answering, vertex)) {
                continue;
            }
            if (told++ == most) {
                answering.end().setNextPageToken(PageToken.print(answering.question(), Long.toString(last)));
                return;
            }
            answering.tell(vertex);
            last = vertex.getId();
        }
    }

    private static boolean wanted(Answering answering, Vertex vertex) {
        return answering.question().getKindsCount() == 0
                || answering.question().getKindsList().contains(vertex.getKind());
    }

    private static void add(Map<Long, Vertex> found, List<Vertex> vertices) {
        vertices.forEach(vertex -> found.put(vertex.getId(), vertex));
    }
}
