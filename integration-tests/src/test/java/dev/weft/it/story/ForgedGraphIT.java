package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Vertex;
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
                PreparedStatement select = database.prepareStatement("SELECT body FROM vertex WHERE key = ?");
                PreparedStatement update = database.prepareStatement("UPDATE vertex SET body = ? WHERE key = ?")) {
            select.setBytes(1, round.toByteArray());
            byte[] body;
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                body = row.getBytes(1);
            }
            update.setBytes(
                    1,
                    Vertex.parseFrom(body).toBuilder()
                            .setAuthor("hospital-a")
                            .build()
                            .toByteArray());
            update.setBytes(2, round.toByteArray());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
