package dev.weft.node.disclose;

import com.google.protobuf.ByteString;
import dev.weft.node.disclose.Asked.Answer;
import dev.weft.node.disclose.Asked.Side;
import dev.weft.node.disclose.Asked.State;
import dev.weft.proto.digest.Digest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The rows of disclosures, on a connection that the caller hands in. */
final class DisclosureStore {
    private static final String COLUMNS =
            "SELECT number, request, side, requester, owner, statement, commitments, fields,"
                    + " purpose, words, asked_at, log_index, state, decision, decision_index, decided_by, decided_at, reason,"
                    + " answer_words, letter, note FROM disclosure ";

    private DisclosureStore() {}

    static void insert(Connection connection, Asked asked) throws SQLException {
        String sql = "INSERT INTO disclosure (number, request, side, requester, owner, statement, commitments, fields,"
                + " purpose, words, asked_at, log_index, state)"
                + " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM disclosure), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setBytes(1, asked.request().toByteArray());
            insert.setInt(2, asked.side() == Side.OF_US ? 1 : 0);
            insert.setString(3, asked.requester());
            insert.setString(4, asked.owner());
            insert.setBytes(5, asked.statement().toByteArray());
            insert.setBytes(6, ByteString.copyFrom(asked.commitments()).toByteArray());
            insert.setString(7, String.join("\n", asked.fields()));
            insert.setString(8, asked.purpose());
            insert.setString(9, asked.words().orElse(null));
            insert.setLong(10, asked.at().toEpochMilli());
            number(insert, 11, asked.index());
            insert.setString(12, asked.state().text());
            insert.executeUpdate();
        }
    }

    private static void number(PreparedStatement statement, int at, OptionalLong value) throws SQLException {
        if (value.isPresent()) {
            statement.setLong(at, value.getAsLong());
        } else {
            statement.setNull(at, Types.INTEGER);
        }
    }

    static Optional<Asked> find(Connection connection, Digest request) throws SQLException {
        return read(connection, "WHERE request = ?", (Object) request.toByteArray()).stream()
                .findFirst();
    }

    static Optional<Asked> find(Connection connection, long number) throws SQLException {
        return read(connection, "WHERE number = ?", number).stream().findFirst();
    }

    /** Up to a thousand above a number, in order. */
    static List<Asked> list(Connection connection, long after, int limit) throws SQLException {
        return read(connection, "WHERE number > ? ORDER BY number LIMIT ?", after, limit);
    }

    static List<Asked> inState(Connection connection, State state) throws SQLException {
        return read(connection, "WHERE state = ? ORDER BY number", state.text());
    }

    /** How many requests of one member wait for the steward. */
    static long waiting(Connection connection, String requester) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT count(*) FROM disclosure WHERE state = 'waiting' AND requester = ?")) {
            select.setString(1, requester);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** An own request without an answer that asks for the same. */
    static Optional<Asked> open(Connection connection, Asked like) throws SQLException {
        return read(
                        connection,
                        "WHERE side = 0 AND state IN ('asked', 'granted') AND statement = ? AND commitments = ? AND fields = ?",
                        like.statement().toByteArray(),
                        ByteString.copyFrom(like.commitments()).toByteArray(),
                        String.join("\n", like.fields()))
                .stream()
                .findFirst();
    }

    static void logged(Connection connection, Digest request, long index) throws SQLException {
        update(connection, "log_index = ?", request, index);
    }

    static void words(Connection connection, Digest request, String words) throws SQLException {
        update(connection, "words = ?", request, words);
    }

    static void note(Connection connection, Digest request, String note) throws SQLException {
        update(connection, "note = ?", request, note);
    }

    static void decided(Connection connection, Digest request, State state, Answer answer) throws SQLException {
        update(
                connection,
                "state = ?, decision = ?, decision_index = ?, decided_by = ?, decided_at = ?, reason = ?, answer_words = ?",
                request,
                state.text(),
                answer.decision().toByteArray(),
                answer.index().isPresent() ? answer.index().getAsLong() : null,
                answer.by(),
                answer.at().toEpochMilli(),
                answer.reason().orElse(null),
                answer.words().orElse(null));
    }

    static void answerWords(Connection connection, Digest request, String words) throws SQLException {
        update(connection, "answer_words = ?", request, words);
    }

    static void opened(Connection connection, Digest request, ByteString letter) throws SQLException {
        update(connection, "state = 'opened', letter = ?", request, (Object) letter.toByteArray());
    }

    static void failed(Connection connection, Digest request, String reason, String note) throws SQLException {
        update(connection, "state = 'failed', reason = ?, note = ?", request, reason, note);
    }

    private static void update(Connection connection, String set, Digest request, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE disclosure SET " + set + " WHERE request = ?")) {
            for (int n = 0; n < values.length; n++) {
                update.setObject(n + 1, values[n]);
            }
            update.setBytes(values.length + 1, request.toByteArray());
            update.executeUpdate();
        }
    }

    private static List<Asked> read(Connection connection, String where, Object... values) throws SQLException {
        List<Asked> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + where)) {
            for (int n = 0; n < values.length; n++) {
                select.setObject(n + 1, values[n]);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(asked(row));
                }
            }
        }
        return found;
    }

    private static Asked asked(ResultSet row) throws SQLException {
        return new Asked(
                row.getLong("number"),
                Digest.of(row.getBytes("request")),
                row.getInt("side") == 1 ? Side.OF_US : Side.OUR_OWN,
                row.getString("requester"),
                row.getString("owner"),
                Digest.of(row.getBytes("statement")),
                split(ByteString.copyFrom(row.getBytes("commitments"))),
                row.getString("fields").isEmpty()
                        ? List.of()
                        : List.of(row.getString("fields").split("\n", -1)),
                row.getString("purpose"),
                Optional.ofNullable(row.getString("words")),
                Instant.ofEpochMilli(row.getLong("asked_at")),
                number(row, "log_index"),
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                answer(row),
                Optional.ofNullable(row.getBytes("letter")).map(ByteString::copyFrom),
                Optional.ofNullable(row.getString("note")));
    }

    private static Optional<Answer> answer(ResultSet row) throws SQLException {
        byte[] decision = row.getBytes("decision");
        return decision == null
                ? Optional.empty()
                : Optional.of(new Answer(
                        Digest.of(decision),
                        number(row, "decision_index"),
                        row.getString("decided_by"),
                        Instant.ofEpochMilli(row.getLong("decided_at")),
                        Optional.ofNullable(row.getString("reason")),
                        Optional.ofNullable(row.getString("answer_words"))));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static List<ByteString> split(ByteString bytes) {
        List<ByteString> parts = new ArrayList<>();
        for (int at = 0; at < bytes.size(); at += Digest.SIZE) {
            parts.add(bytes.substring(at, at + Digest.SIZE));
        }
        return parts;
    }

    /** The first entry of the shared log that was not read for disclosures. */
    static long tail(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT next FROM disclosure_tail");
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    static void tail(Connection connection, long next) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO disclosure_tail (only, next) VALUES (1, ?)")) {
            insert.setLong(1, next);
            insert.executeUpdate();
        }
    }
}
