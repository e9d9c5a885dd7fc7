package dev.weft.node.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySearchTest {

    private static final byte[] NEEDLE = "patient-0042".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private DirectorySearch.Hits search(byte[] bytes) throws Exception {
        Path file = Files.write(directory.resolve("file"), bytes);
        return hits(DirectorySearch.search(directory, List.of(NEEDLE, new byte[40])), file);
    }

    private static DirectorySearch.Hits hits(Map<Path, DirectorySearch.Hits> searched, Path file) {
        return Objects.requireNonNull(searched.get(file), "was not searched");
    }

    @Test
    void patternAcrossChunks_isFoundOnceWhereverItLies() throws Exception {
        for (int at : new int[] {0, 1, (1 << 20) - 12, (1 << 20) - 11, (1 << 20) - 1, 1 << 20, (2 << 20) - 5}) {
            byte[] bytes = new byte[(2 << 20) + 100];
            Arrays.fill(bytes, (byte) 'x');
            System.arraycopy(NEEDLE, 0, bytes, at, NEEDLE.length);

            assertThat(search(bytes)).as("at " + at).isEqualTo(new DirectorySearch.Hits(bytes.length, 1));
        }
    }

    @Test
    void filesBelow_areSearchedAndEmptyOnesHoldNothing() throws Exception {
        Path below = Files.createDirectories(directory.resolve("a/b"));
        Files.write(below.resolve("deep"), NEEDLE);
        Files.write(directory.resolve("empty"), new byte[0]);

        Map<Path, DirectorySearch.Hits> searched = DirectorySearch.search(directory, List.of(NEEDLE));

        assertThat(hits(searched, below.resolve("deep")).found()).isEqualTo(1);
        assertThat(searched.get(directory.resolve("empty"))).isEqualTo(new DirectorySearch.Hits(0, 0));
        assertThat(search(new byte[10]).found()).isZero();
    }
}
