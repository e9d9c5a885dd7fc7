package dev.weft.aggregator;

import dev.weft.aggregator.accept.ForkFolder;
import dev.weft.aggregator.config.AggregatorConfig;
import dev.weft.aggregator.db.AggregatorDatabase;
import dev.weft.aggregator.db.CosignatureStore;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies a directory while its daemon runs: one consistent state of the database, the settings, the keys. Neither the
 * anchor, which must never be restored, nor the root key, which belongs elsewhere.
 */
public final class Backup {
    private Backup() {}

    /** Writes into an absent or empty directory. */
    public static void write(Path directory, Path to) throws VerificationException, IOException, SQLException {
        if (!Files.exists(directory.resolve(AggregatorDatabase.FILE))) {
            throw new VerificationException(Reason.NOT_FOUND, directory + " holds no federation; give another --dir.");
        }
        Path keys = Files.createDirectories(
                to.resolve("keys"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (Files.exists(to.resolve(AggregatorDatabase.FILE))) {
            throw new VerificationException(Reason.DUPLICATE, to + " holds a backup already; give another directory.");
        }
        AggregatorDatabase.copy(directory, to.resolve(AggregatorDatabase.FILE));
        CosignatureStore.copy(directory, to.resolve(CosignatureStore.FILE));
        Path settings = directory.resolve(AggregatorConfig.FILE);
        if (Files.exists(settings)) {
            Files.copy(settings, to.resolve(AggregatorConfig.FILE), StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (Path key : list(directory.resolve("keys"))) {
            Files.copy(key, keys.resolve(key.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        ForkFolder forks = new ForkFolder(to);
        for (Path proof : new ForkFolder(directory).all()) {
            forks.copy(proof);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
