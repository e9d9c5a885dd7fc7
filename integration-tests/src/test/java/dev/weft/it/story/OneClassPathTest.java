package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.node.db.NodeDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both daemons' migrations lie on the class path of this module, and each daemon runs its own alone. */
class OneClassPathTest {

    @TempDir
    Path directory;

    @Test
    void bothDatabases_openBesideEachOther() throws Exception {
        Path site = Files.createDirectory(directory.resolve("site"));
        Path shared = Files.createDirectory(directory.resolve("shared"));

        try (NodeDatabase node = NodeDatabase.open(site);
                AggregatorDatabase aggregator = AggregatorDatabase.open(shared)) {
            assertThat(node.copyBeforeMigration()).isEmpty();
            assertThat(aggregator.writer().isValid(1)).isTrue();
        }
    }
}
