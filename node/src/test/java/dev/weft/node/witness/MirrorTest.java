package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.db.MirrorDatabase;
import dev.weft.node.telemetry.Metrics;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.TreeHead;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copy of the shared log on a disk that is full, and then is not. */
class MirrorTest {
    /** More than fits into the pages that a database has left over. */
    private static final int ENTRIES = 200;

    @TempDir
    Path directory;

    private final SharedHistory log = new SharedHistory();

    MirrorTest() throws Exception {}

    private Mirror open(MirrorDatabase database) throws Exception {
        SecurityEvents events = new SecurityEvents(InstantSource.system(), new Metrics());
        EntryCheck check = new EntryCheck(new MemberName(WitnessingNode.NAME), id -> false, events, log.founding());
        return Mirror.open(database, check, events, new ForkFolder(directory), TreeHead.EMPTY);
    }

    /** As SQLite tells it when the disk is full: a limit on the pages of the file gives the same error. */
    private static long limit(Connection writer, long pages) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA max_page_count = " + pages)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private void grow() throws Exception {
        for (int i = 0; i < ENTRIES; i++) {
            log.say("hospital-b");
        }
    }

    @Test
    void fullDisk_leavesTheCopyAsItWas_andItGoesOnInTheSameProcess() throws Exception {
        MirrorDatabase database = MirrorDatabase.open(directory);
        try (Mirror mirror = open(database)) {
            mirror.take(log.entries(0, (int) log.size()));
            TreeHead before = log.head();
            mirror.confirm(before, log.note());
            grow();

            Connection writer = database.writer();
            long room = limit(writer, 1_000_000);
            limit(writer, 1);
            assertThatThrownBy(() -> mirror.take(log.entries(before.size(), ENTRIES)))
                    .hasMessageContaining("full");
            assertThat(mirror.size()).isEqualTo(before.size());
            assertThat(mirror.verified()).isEqualTo(before);

            limit(writer, room);
            mirror.take(log.entries(before.size(), ENTRIES));
            mirror.confirm(log.head(), log.note());
            assertThat(mirror.verified()).isEqualTo(log.head());
        }
        try (Mirror again = open(MirrorDatabase.open(directory))) {
            assertThat(again.verified()).as("on disk").isEqualTo(log.head());
            assertThat(again.headAt(log.size())).isEqualTo(log.head());
        }
    }
}
