package dev.weft.node.cli;

import dev.weft.node.db.NodeDatabase;
import dev.weft.node.http.Scope;
import dev.weft.node.http.Tokens;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/** The table of tokens while no node runs: whoever may write the directory owns it anyway. */
final class OfflineTokens {
    private OfflineTokens() {}

    static String add(Path directory, String name, List<Scope> scopes) throws IOException, VerificationException {
        return with(directory, tokens -> tokens.add(name, scopes));
    }

    static boolean revoke(Path directory, String name) throws IOException, VerificationException {
        return with(directory, tokens -> tokens.revoke(name));
    }

    private static <T> T with(Path directory, Function<Tokens, T> work) throws IOException, VerificationException {
        NodeIdentity.load(directory); // only a membership has a database
        try (NodeDatabase database = NodeDatabase.open(directory)) {
            return work.apply(
                    new Tokens(database.writer(), database.readers(), new SecureRandom(), InstantSource.system()));
        } catch (SQLException e) {
            throw new IOException("the table of tokens cannot be read: " + e.getMessage(), e);
        }
    }
}
