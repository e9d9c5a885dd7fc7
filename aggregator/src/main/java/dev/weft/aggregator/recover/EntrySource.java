package dev.weft.aggregator.recover;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Somebody's copy of the log. */
public interface EntrySource extends AutoCloseable {

    /** As the operator named it. */
    String name();

    /** The signed note of the largest head that it has; empty where it keeps none. */
    Optional<ByteString> checkpoint() throws IOException;

    /**
     * Some entries from {@code first} on, at least one; none where it has no more.
     *
     * @param end size of the log that is wanted: a source may have it although the checkpoint that it shows is smaller
     */
    List<ByteString> entries(long first, long end) throws IOException, VerificationException;

    @Override
    void close();

    /**
     * What the operator named: a folder or an address with the log as tlog-tiles, or a database of a backup.
     *
     * @param token for an address that wants one
     */
    static EntrySource open(String name, Optional<String> token) throws IOException {
        if (name.startsWith("http://") || name.startsWith("https://")) {
            return new TilesSource(name, new HttpFiles(name, token));
        }
        Path path = Path.of(name);
        if (Files.isRegularFile(path)) {
            try {
                return new BackupSource(path);
            } catch (SQLException e) {
                throw new IOException(name + " is no database of a backup: " + e.getMessage(), e);
            }
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("there is neither a folder nor a file " + name);
        }
        return new TilesSource(name, file -> {
            Path found = path.resolve(file);
            return Files.isRegularFile(found)
                    ? Optional.of(ByteString.copyFrom(Files.readAllBytes(found)))
                    : Optional.empty();
        });
    }
}
