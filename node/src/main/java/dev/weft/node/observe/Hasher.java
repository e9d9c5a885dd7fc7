package dev.weft.node.observe;

import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Digests of files, folders and models, from the cache where nothing changed. A file that changes while it is read is an
 * IOException: its digest would be of no state that it ever had.
 */
public final class Hasher {
    private final HashCache cache;
    private final InstantSource clock;
    private final Progress progress;

    public Hasher(HashCache cache, InstantSource clock, Progress progress) {
        this.cache = cache;
        this.clock = clock;
        this.progress = progress;
    }

    /** A file by its bytes, or a folder by the list of its files (see {@link Folder}). */
    public Hashed data(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            Folder folder = Folder.read(path, this, progress);
            return new Hashed(
                    ContentDigest.sha256(folder.digest()),
                    folder.files().size(),
                    folder.bytes(),
                    Hashed.FOLDER,
                    Optional.empty());
        }
        requireFile(path);
        return new Hashed(ContentDigest.sha256(file(path)), 1, Files.size(path), Hashed.BYTES, Optional.empty());
    }

    /** The tensors of a safetensors, NumPy or ONNX file; any other file, and one whose tensors cannot be read, by its bytes. */
    public Hashed model(Path path) throws IOException {
        Optional<String> form = ModelFile.form(path);
        if (form.isEmpty() || Files.isDirectory(path)) {
            return data(path);
        }
        requireFile(path);
        try {
            Digest digest = cached(form.get(), path, () -> ModelFile.digest(form.get(), path));
            return new Hashed(ContentDigest.model(digest), 1, Files.size(path), form.get(), Optional.empty());
        } catch (NoTensorsException e) {
            Hashed bytes = data(path);
            return new Hashed(bytes.digest(), 1, bytes.bytes(), Hashed.BYTES, Optional.ofNullable(e.getMessage()));
        }
    }

    private static void requireFile(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException("there is no " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + " is neither a file nor a folder: its content has no end");
        }
    }

    Digest file(Path file) throws IOException {
        return cached(Hashed.BYTES, file, () -> FileBytes.sha256(file));
    }

    /** The SHA-256 of a file whose MD5 is this one; nothing where it has another. */
    Optional<Digest> matching(Path file, String md5) throws IOException {
        return find("md5:" + md5, file, () -> FileBytes.sha256(file, md5));
    }

    private interface Reading {
        Optional<Digest> read() throws IOException;
    }

    private interface SureReading {
        Digest read() throws IOException;
    }

    private Digest cached(String form, Path file, SureReading reading) throws IOException {
        return find(form, file, () -> Optional.of(reading.read())).orElseThrow();
    }

    private Optional<Digest> find(String form, Path file, Reading reading) throws IOException {
        FileStat before = FileStat.of(file);
        Optional<Digest> known = cache.find(form, file, before);
        if (known.isPresent()) {
            return known;
        }
        Optional<Digest> digest = reading.read();
        if (!FileStat.of(file).equals(before)) {
            throw new IOException(file + " changed while it was read; try again when nobody writes it");
        }
        if (digest.isPresent() && before.settled(nanos(clock.instant()))) {
            cache.keep(form, file, before, digest.get());
        }
        return digest;
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    /** Writes the cache, where that is possible; says why not. */
    public Optional<String> save() {
        try {
            cache.save();
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("digests are not kept for next time: " + e.getMessage());
        }
    }
}
