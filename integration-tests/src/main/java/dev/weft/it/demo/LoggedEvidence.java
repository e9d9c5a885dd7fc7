package dev.weft.it.demo;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Evidence;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Evidence entries in the log, read straight from the aggregator's database: what is there, not what it says. */
final class LoggedEvidence {

    private LoggedEvidence() {}

    /** The first evidence entry behind that index. */
    static Optional<Evidence> find(Path aggregatorDir, long after) {
        String url = "jdbc:sqlite:" + aggregatorDir.resolve("aggregator.db");
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement entries =
                        connection.prepareStatement("SELECT entry FROM log_entry WHERE idx > ? ORDER BY idx")) {
            entries.setLong(1, after);
            try (ResultSet rows = entries.executeQuery()) {
                while (rows.next()) {
                    var predicate = EnvelopeOpener.open(ByteString.copyFrom(rows.getBytes(1)))
                            .statement()
                            .predicate();
                    if (predicate.orElse(null) instanceof Evidence evidence) {
                        return Optional.of(evidence);
                    }
                }
                return Optional.empty();
            }
        } catch (SQLException | VerificationException e) {
            throw new IllegalStateException("cannot read the log in " + aggregatorDir, e);
        }
    }
}
