package dev.weft.aggregator.cli;

import dev.weft.aggregator.Backup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "backup", description = "Copy the database, the settings and the keys, beside a running daemon too.")
final class BackupCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Parameters(paramLabel = "DIR", description = "Absent or empty.")
    private Path to = Path.of("backup");

    @Override
    public Integer call() throws Exception {
        Backup.write(place.directory(), to);
        place.out()
                .println("Wrote " + to + ". It holds private keys. The anchor and root.key are not in it, on purpose.");
        return 0;
    }
}
