package dev.weft.aggregator.cli;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.Continuation;
import dev.weft.aggregator.KeyFiles;
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
        description = {
            "Refill a database that is behind its anchor, or gone, from mirrors and backups: to exactly the anchored"
                    + " head, or not at all. The daemon must not run.",
            "With --continue, where the anchor is lost for good: rebuild to the largest head that the log's key is known"
                    + " to have signed, and go on in a new log. Name every member's mirror: what lies above that head is"
                    + " stated again by its authors."
        })
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

    @Option(names = "--continue", description = "The anchor is lost for good: go on in a new log.")
    private boolean continuing;

    @Option(
            names = "--root-key",
            paramLabel = "FILE",
            description = "With --continue: every root key signs. Repeatable; default: root.key in the directory.")
    private List<Path> rootKeys = List.of();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "With --continue: a signed checkpoint that somebody kept, beside those of the sources.")
    private List<Path> checkpoints = List.of();

    @Override
    public Integer call() throws Exception {
        List<EntrySource> sources = new ArrayList<>();
        try {
            for (String name : from) {
                sources.add(EntrySource.open(name, token()));
            }
            if (continuing) {
                return goOn(sources);
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

    private int goOn(List<EntrySource> sources) throws Exception {
        List<ByteString> notes = new ArrayList<>();
        for (Path file : checkpoints) {
            notes.add(ByteString.copyFrom(Files.readAllBytes(file)));
        }
        List<Path> root = rootKeys.isEmpty() ? List.of(place.directory().resolve(KeyFiles.ROOT)) : rootKeys;
        Continuation.Continued continued = new Continuation(place.config(), new SecureRandom(), InstantSource.system())
                .run(new Continuation.Given(sources, notes, root));
        place.out()
                .println("Continued as " + continued.origin() + " from "
                        + continued.from().size() + " entries with root "
                        + continued.from().root() + ". The old log's key is gone. Start it; members take it up by"
                        + " themselves and state again what lay above.");
        if (continued.left() > 0) {
            place.out()
                    .println(continued.left() + " entries above that head are in the database that was left beside"
                            + " (*.aside-N): no signed head covers them.");
            continued.undone().forEach(line -> place.out().println("  no longer in force, " + line));
        }
        return 0;
    }

    private Optional<String> token() throws IOException {
        return tokenFile == null
                ? Optional.empty()
                : Optional.of(Files.readString(tokenFile).strip());
    }
}
