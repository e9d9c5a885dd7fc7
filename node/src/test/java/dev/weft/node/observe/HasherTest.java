package dev.weft.node.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HasherTest {
    @TempDir
    Path directory;

    private Path folder;
    private Path cacheFile;
    private final AtomicLong looked = new AtomicLong();

    @BeforeEach
    void files() throws IOException {
        folder = Files.createDirectories(directory.resolve("data"));
        cacheFile = directory.resolve("hash-cache");
        Files.createDirectories(folder.resolve("b/c"));
        Files.writeString(folder.resolve("a.txt"), "one");
        Files.writeString(folder.resolve("b/c/two"), "two");
        Files.writeString(folder.resolve("b.txt"), "three");
        Files.writeString(folder.resolve("with\\back\nline"), "four");
    }

    private Hasher hasher(HashCache cache, Duration later) {
        return new Hasher(cache, InstantSource.fixed(Instant.now().plus(later)), Progress.NONE);
    }

    private String digest() throws IOException {
        return hasher(HashCache.open(cacheFile), Duration.ofDays(1))
                .data(folder)
                .digest()
                .toString();
    }

    @Test
    void folder_hasTheDigestThatCoreutilsPrint() throws Exception {
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum")
                .directory(folder.toFile())
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(printed).hasSizeGreaterThan(64);
        assertThat(digest()).isEqualTo("sha256:" + printed.substring(0, 64));
    }

    @Test
    void folder_changesWithNamesAndContentsAndFollowsLinks() throws Exception {
        String before = digest();
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a.txt"));
        String linked = digest();
        assertThat(linked).isNotEqualTo(before);
        Files.delete(folder.resolve("link"));
        Files.copy(folder.resolve("a.txt"), folder.resolve("link"));
        assertThat(digest()).isEqualTo(linked);
        Files.delete(folder.resolve("link"));
        assertThat(digest()).isEqualTo(before);
        Files.move(folder.resolve("a.txt"), folder.resolve("z.txt"));
        assertThat(digest()).isNotEqualTo(before);
    }

    @Test
    void linkToNothing_isRefusedByName() throws Exception {
        Files.createSymbolicLink(folder.resolve("gone"), directory.resolve("nowhere"));
        assertThatThrownBy(this::digest).hasMessageContaining("gone").hasMessageContaining("link to nothing");
    }

    @Test
    void unchangedFile_isNotReadAgain() throws Exception {
        HashCache first = HashCache.open(cacheFile);
        Hasher hasher = hasher(first, Duration.ofDays(1));
        String before = hasher.data(folder).digest().toString();
        assertThat(hasher.save()).isEmpty();
        // Found by its stat alone: a digest that no content has comes out of the cache as it was put there.
        HashCache cache = HashCache.open(cacheFile);
        Path file = folder.resolve("a.txt");
        assertThat(cache.find(Hashed.BYTES, file, FileStat.of(file))).contains(FileBytes.sha256(file));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(1000)));
        assertThat(cache.find(Hashed.BYTES, file, FileStat.of(file))).isEmpty();
        assertThat(digest()).isEqualTo(before);
    }

    @Test
    void sameSizeAndTimePutBack_isReadAgain() throws Exception {
        Path file = folder.resolve("a.txt");
        FileTime time = Files.getLastModifiedTime(file);
        HashCache cache = HashCache.open(cacheFile);
        Hasher hasher = hasher(cache, Duration.ofDays(1));
        String before = hasher.data(file).digest().toString();
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);
        assertThat(hasher.data(file).digest().toString()).isNotEqualTo(before);
    }

    @Test
    void fileWrittenJustNow_isNotKept() throws Exception {
        HashCache cache = HashCache.open(cacheFile);
        Path file = folder.resolve("a.txt");
        hasher(cache, Duration.ZERO).data(file);
        assertThat(cache.find(Hashed.BYTES, file, FileStat.of(file))).isEmpty();
        hasher(cache, Duration.ofDays(-1)).data(file);
        assertThat(cache.find(Hashed.BYTES, file, FileStat.of(file))).isEmpty();
    }

    @Test
    void damagedCache_countsAsEmptyAndHoldsNoPath() throws Exception {
        Hasher hasher = hasher(HashCache.open(cacheFile), Duration.ofDays(1));
        hasher.data(folder);
        hasher.save();
        byte[] bytes = Files.readAllBytes(cacheFile);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .doesNotContain("a.txt")
                .doesNotContain("data");
        Path file = folder.resolve("a.txt");
        bytes[40] ^= 1;
        Files.write(cacheFile, bytes);
        assertThat(HashCache.open(cacheFile).find(Hashed.BYTES, file, FileStat.of(file)))
                .isEmpty();
        Files.write(cacheFile, new byte[3]);
        assertThat(HashCache.open(cacheFile).find(Hashed.BYTES, file, FileStat.of(file)))
                .isEmpty();
    }

    @Test
    void progress_countsEveryFile() throws Exception {
        Progress counting = new Progress() {
            @Override
            public void expect(long files, long bytes) {
                assertThat(files).isEqualTo(4);
            }

            @Override
            public void done(long bytes) {
                looked.addAndGet(bytes);
            }
        };
        new Hasher(HashCache.open(cacheFile), InstantSource.system(), counting).data(folder);
        assertThat(looked.get()).isEqualTo("onetwothreefour".length());
    }
}
