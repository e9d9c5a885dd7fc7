package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.SiteNode;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All checkpoints of the shared log that anybody ever held: what the sites answered, what lies in the files of whoever was
 * just killed, and what was cosigned. Never two roots for one size, whoever signed or cosigned them.
 */
final class EveryCheckpoint {
    private final Federation federation;
    private final Map<Long, TreeHead> heads = new HashMap<>();
    private final Set<String> cosigners = new HashSet<>();

    EveryCheckpoint(Federation federation) {
        this.federation = federation;
    }

    /** Asks whoever answers and reads every file. */
    void collect() {
        for (SiteNode node : federation.nodes()) {
            asked(node);
            notes(
                    node.dir().resolve("node.db"),
                    "SELECT note FROM checkpoint",
                    "SELECT note FROM cosigned",
                    "SELECT note FROM final_checkpoint");
        }
        Path aggregator = federation.aggregator().dir();
        notes(aggregator.resolve("cosignatures.db"), "SELECT note FROM final_checkpoint");
        try {
            see(ByteString.copyFrom(Files.readAllBytes(aggregator.resolve("aggregator.anchor"))));
        } catch (NoSuchFileException e) {
            throw new AssertionError("the anchor is gone", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void asked(SiteNode node) {
        try {
            see(ByteString.copyFromUtf8(node.client().checkpoint().get("note").getAsString()));
        } catch (UncheckedIOException | RefusedException e) {
            // Not there at this moment.
        }
    }

    private void notes(Path file, String... selects) {
        if (!Files.exists(file)) {
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA query_only = ON");
            for (String select : selects) {
                try (ResultSet row = statement.executeQuery(select)) {
                    while (row.next()) {
                        see(ByteString.copyFrom(row.getBytes(1)));
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    private void see(ByteString bytes) {
        try {
            Note note = Note.parse(bytes);
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            TreeHead before = heads.putIfAbsent(checkpoint.head().size(), checkpoint.head());
            assertThat(before == null || before.equals(checkpoint.head()))
                    .as("one root for size " + checkpoint.head().size())
                    .isTrue();
            note.signatures().stream()
                    .map(NoteSignature::name)
                    .filter(name -> !name.equals(checkpoint.origin()))
                    .forEach(cosigners::add);
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }

    /** Names whose cosignatures were among them. */
    Set<String> cosigners() {
        return cosigners;
    }

    /** Compares all of them with the entries that are in the log now; returns how many sizes were seen. */
    int compare(List<ByteString> entries) {
        Frontier tree = Frontier.empty();
        for (ByteString entry : entries) {
            tree.append(MerkleMath.leafHash(entry));
            TreeHead told = heads.get(tree.size());
            assertThat(told == null || told.equals(tree.head()))
                    .as("the log's root at size " + tree.size() + " is the one that was told")
                    .isTrue();
        }
        assertThat(heads.keySet()).as("what was told is not above the log").allMatch(size -> size <= entries.size());
        return heads.size();
    }
}
