package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An operator edits the graph behind the log's back: who asks is not taken in, and a rebuild puts it right. */
class ForgedGraphIT {
    @Test
    void editedAuthor_isRefusedByTheAskingNode_andMendedByRebuild() throws Exception {
        Federation federation = SmallFederation.get();
        SiteNode node = federation.node("coordinator");
        String round = SmallFederation.register(node.client()).statement();
        SmallFederation.awaitDurable(node, round);
        assertThat(node.tryCommand("ask", "lineage", round).exitCode()).isZero();

        federation.aggregator().stop();
        forge(federation.aggregator().dir(), Digest.fromHex(round));
        federation.aggregator().start();
        Command forged = answered(node, round);
        assertThat(forged.exitCode()).as(forged.output()).isEqualTo(1);
        assertThat(forged.output()).contains("lets hospital-a say");

        federation.aggregator().stop();
        assertThat(federation.tryAggregatorCommand("rebuild").output()).contains("different");
        federation.aggregator().start();
        Command mended = answered(node, round);
        assertThat(mended.exitCode()).as(mended.output()).isZero();
    }

    /** Asks until the node has found the restarted aggregator again; unreachable is exit code 4. */
    private static Command answered(SiteNode node, String round) {
        return Await.value(
                "an answer",
                Duration.ofSeconds(60),
                () -> Optional.of(node.tryCommand("ask", "lineage", round)).filter(command -> command.exitCode() != 4));
    }

    private static void forge(Path aggregator, Digest round) throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + aggregator.resolve("aggregator.db"));
                PreparedStatement select =
                        database.prepareStatement("SELECT first, body FROM said WHERE instr(body, ?) > 0");
                PreparedStatement update = database.prepareStatement("UPDATE said SET body = ? WHERE first = ?")) {
            select.setBytes(1, round.toByteArray());
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                update.setBytes(1, ofAnotherAuthor(row.getBytes(2)));
                update.setLong(2, row.getLong(1));
            }
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    /** The row with another name in the author's place: a text's length stands before it. */
    private static byte[] ofAnotherAuthor(byte[] body) {
        String bytes = new String(body, StandardCharsets.ISO_8859_1);
        String forged = bytes.replace("\13coordinator", "\12hospital-a");
        assertThat(forged).isNotEqualTo(bytes);
        return forged.getBytes(StandardCharsets.ISO_8859_1);
    }
}
