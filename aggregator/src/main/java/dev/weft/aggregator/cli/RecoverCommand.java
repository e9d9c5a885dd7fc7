package dev.weft.aggregator.cli;

import dev.weft.aggregator.Recovery;
import dev.weft.aggregator.recover.EntrySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "recover",
        description = "Refill a database that is behind its anchor, or gone, from mirrors and backups: to exactly the"
                + " anchored head, or not at all. The daemon must not run.")
final class RecoverCommand implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Option(
            names = "--from",
            paramLabel = "SOURCE",
            description = "A folder or an address that holds the log as tlog-tiles, or aggregator.db of a backup."
                    + " Repeatable.")
    private List<String> from = List.of();

    @Option(names = "--token-file", paramLabel = "FILE", description = "Token for the addresses, where they want one.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--set-aside",
            description = "The database is damaged: leave it beside, and refill a new one. Openings and the other"
                    + " statements of equivocations are in no mirror.")
    private boolean setAside;

    @Override
    public Integer call() throws Exception {
        List<EntrySource> sources = new ArrayList<>();
        try {
            for (String name : from) {
                sources.add(EntrySource.open(name, token()));
            }
            Recovery.Refilled refilled =
                    new Recovery(place.config(), new SecureRandom(), InstantSource.system()).refill(sources, setAside);
            long added = refilled.head().size() - refilled.before();
            place.out()
                    .println(
                            added == 0
                                    ? "Nothing to refill: the database holds all " + refilled.before()
                                            + " entries that the anchor knows. Start it."
                                    : "Refilled " + added + " entries, to "
                                            + refilled.head().size() + " with root "
                                            + refilled.head().root()
                                            + ", as the anchor says. Start it; the graph follows.");
            return 0;
        } finally {
            sources.forEach(EntrySource::close);
        }
    }

    private Optional<String> token() throws IOException {
        return tokenFile == null
                ? Optional.empty()
                : Optional.of(Files.readString(tokenFile).strip());
    }
}
