package dev.weft.node.observe;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The digests of files that were hashed before, so that what did not change since is not read again. A file counts as
 * unchanged while size, both times and inode are; one that was written within two seconds of its hashing is never kept,
 * because a second write in the same tick would not show.
 *
 * <p>File: {@code "weft hash cache 1\n"}, rows of 96 bytes {@code key 32, size u64, modified u64, changed u64, inode u64,
 * digest 32}, little-endian, and the SHA-256 of all before. The key is {@code SHA-256(form 0x00 path)}: no path lies here.
 * It is written beside and moved into place: a crash leaves the old one; of two writers the later one's stays.
 */
public final class HashCache {
    private static final byte[] HEAD = "weft hash cache 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ROW = 96;
    private static final int MAX_ROWS = 5_000_000;

    private record Row(FileStat stat, Digest digest) {}

    private final Path file;
    private final Map<Digest, Row> rows = new ConcurrentHashMap<>();
    private volatile boolean dirty;

    private HashCache(Path file) {
        this.file = file;
    }

    /** Reads it; one that is missing, damaged or of another form is an empty one. */
    public static HashCache open(Path file) {
        HashCache cache = new HashCache(file);
        try {
            cache.load(Files.readAllBytes(file));
        } catch (IOException e) {
            cache.rows.clear();
        }
        return cache;
    }

    private void load(byte[] bytes) {
        int end = bytes.length - Digest.SIZE;
        boolean whole = end >= HEAD.length
                && (end - HEAD.length) % ROW == 0
                && Arrays.equals(bytes, 0, HEAD.length, HEAD, 0, HEAD.length)
                && Hashing.sha256(Arrays.copyOf(bytes, end))
                        .equals(Digest.of(Arrays.copyOfRange(bytes, end, bytes.length)));
        if (!whole) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, HEAD.length, end - HEAD.length).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            Digest key = digest(in);
            FileStat stat = new FileStat(in.getLong(), in.getLong(), in.getLong(), in.getLong());
            rows.put(key, new Row(stat, digest(in)));
        }
    }

    private static Digest digest(ByteBuffer in) {
        byte[] bytes = new byte[Digest.SIZE];
        in.get(bytes);
        return Digest.of(bytes);
    }

    private static Digest key(String form, Path path) {
        return Hashing.sha256((form + "\0" + path.toAbsolutePath().normalize()).getBytes(StandardCharsets.UTF_8));
    }

    Optional<Digest> find(String form, Path path, FileStat stat) {
        return Optional.ofNullable(rows.get(key(form, path)))
                .filter(row -> row.stat().equals(stat))
                .map(Row::digest);
    }

    void keep(String form, Path path, FileStat stat, Digest digest) {
        if (rows.size() < MAX_ROWS) {
            rows.put(key(form, path), new Row(stat, digest));
            dirty = true;
        }
    }

    /** Writes what is new. Losing it costs time and nothing else. */
    public void save() throws IOException {
        if (!dirty) {
            return;
        }
        Map<Digest, Row> now = Map.copyOf(rows);
        ByteBuffer out = ByteBuffer.allocate(HEAD.length + now.size() * ROW + Digest.SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(HEAD);
        now.forEach((key, row) -> out.put(key.toByteArray())
                .putLong(row.stat().size())
                .putLong(row.stat().modified())
                .putLong(row.stat().changed())
                .putLong(row.stat().inode())
                .put(row.digest().toByteArray()));
        out.put(Hashing.sha256(Arrays.copyOf(out.array(), out.position())).toByteArray());
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Path beside = Files.createTempFile(folder, "hash-cache", ".tmp", ownerOnly(folder));
        try {
            Files.write(beside, out.array());
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
        dirty = false;
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
