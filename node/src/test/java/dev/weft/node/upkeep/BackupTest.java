package dev.weft.node.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    @TempDir
    Path folder;

    private Path node;
    private Backup backup;

    @BeforeEach
    void fill() throws Exception {
        node = Files.createDirectories(folder.resolve("node"));
        Files.createDirectory(node.resolve("keys"));
        for (String name : List.of(
                "node.db",
                "node.db-wal",
                "mirror.db",
                "mirror.db-wal",
                "node.anchor",
                "node.lock",
                "run.json",
                "recovery.key",
                "node.properties",
                "keys/statement.key")) {
            Files.writeString(node.resolve(name), name);
        }
        backup = new Backup(node, file -> Files.writeString(file, "a consistent copy"));
    }

    @Test
    void copy_hasWhatCannotBeMadeAgain_andNoAnchorAndNoRecoveryKey() throws Exception {
        assertThat(backup.to(folder.resolve("copy")))
                .containsExactlyInAnyOrder(
                        Path.of("keys/statement.key"), Path.of("node.properties"), Path.of("node.db"));
        assertThat(folder.resolve("copy/node.db")).hasContent("a consistent copy");
    }

    @Test
    void targetThatHoldsSomethingOrLiesInside_isRefused() {
        assertThatThrownBy(() -> backup.to(node)).hasMessageContaining("lies inside");
        assertThatThrownBy(() -> backup.to(folder)).hasMessageContaining("is not empty");
    }
}
