package dev.weft.node.db;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;

/** Brings the database to the schema of this program: forward only, and only after a copy. */
final class Schema {

    private final Flyway flyway;
    private final Path file;

    Schema(Path file, List<String> locations) {
        this.file = file;
        this.flyway = Flyway.configure()
                .dataSource(Connections.url(file), "", "")
                .locations(locations.toArray(String[]::new))
                .loggers("slf4j")
                .load();
    }

    /** Migrates; gives the copy of the older file, where there was one. A newer schema is refused untouched. */
    Optional<Path> bringUpToDate() throws IOException, VerificationException {
        MigrationInfoService info = flyway.info();
        refuseNewer(info);
        MigrationInfo current = info.current();
        boolean older = current != null && info.pending().length > 0;
        Optional<Path> copy = older ? Optional.of(copyOf(current)) : Optional.empty();
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            // Each script is one transaction: the file is at the last version whose script ran whole.
            throw new IOException(
                    "the database " + file + " could not be migrated; the copy "
                            + copy.map(Path::toString).orElse("(none, it was new)") + " is as it was before",
                    e);
        }
        return copy;
    }

    private void refuseNewer(MigrationInfoService info) throws VerificationException {
        Optional<MigrationVersion> newer = Arrays.stream(info.applied())
                .filter(each -> each.getState().isApplied() && !each.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .findFirst();
        if (newer.isPresent()) {
            throw new VerificationException(
                    Reason.SCHEMA_NEWER,
                    "the database %s was written by a newer weft-node (schema %s): run that version, or restore the copy it made"
                            .formatted(file, newer.get()));
        }
    }

    private Path copyOf(MigrationInfo current) throws IOException {
        Path copy = file.resolveSibling(file.getFileName() + ".schema-" + current.getVersion());
        Files.deleteIfExists(copy); // left by a migration that did not come to its end
        Connections.copy(file, copy);
        return copy;
    }
}
