package dev.weft.node.http;

import dev.weft.proto.digest.Digest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of tokens by their hash. Works on the caller's connection and never commits. */
final class TokenStore {
    Map<Digest, TokenGrant> all(Connection connection) throws SQLException {
        Map<Digest, TokenGrant> result = new LinkedHashMap<>();
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT hash, name, scopes, created_at FROM token ORDER BY name");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                result.put(
                        Digest.of(row.getBytes(1)),
                        new TokenGrant(
                                row.getString(2),
                                Scope.parse(row.getString(3)).orElse(List.of()),
                                Instant.parse(row.getString(4))));
            }
        }
        return result;
    }

    /** Fails where the name is taken. */
    void add(Connection connection, Digest hash, TokenGrant grant) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO token (name, scopes, hash, created_at) VALUES (?, ?, ?, ?)")) {
            insert.setString(1, grant.name());
            insert.setString(2, Scope.print(grant.scopes()));
            insert.setBytes(3, hash.toByteArray());
            insert.setString(4, grant.created().toString());
            insert.executeUpdate();
        }
    }

    boolean remove(Connection connection, String name) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM token WHERE name = ?")) {
            delete.setString(1, name);
            return delete.executeUpdate() == 1;
        }
    }
}
