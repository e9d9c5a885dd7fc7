package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.observe.DvcRepository;
import dev.weft.node.observe.HashCache;
import dev.weft.node.observe.Hasher;
import dev.weft.node.observe.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reads a DVC repository. */
@Command(
        name = "dvc",
        mixinStandardHelpOptions = true,
        description = {
            "Reads dvc.lock, dvc.yaml and .dvc files of a working tree, and Git's commit of them. DVC's MD5s are kept as weak",
            "digests; where the content is at hand, in the tree or in DVC's cache, a strong one is added."
        })
final class ImportDvc extends NodeCommand {
    @Parameters(paramLabel = "PATH", description = "The root of the repository.")
    private Path path = Path.of(".");

    @Override
    int run() throws CliException, IOException {
        Progress progress = ProgressBar.on(console(), common());
        Hasher hasher = new Hasher(
                HashCache.open(common().directory().resolve("hash-cache")), InstantSource.system(), progress);
        List<JsonObject> records = DvcRepository.read(path, hasher, progress);
        hasher.save().ifPresent(console()::error);
        // A crash between two batches leaves records that the next import finds there already.
        Sink.Taken taken = new Sink(common(), null).send(records);
        if (common().json()) {
            JsonObject answer = new JsonObject();
            answer.addProperty("recorded", taken.recorded());
            answer.addProperty("there", taken.known());
            console().json(answer);
        } else {
            console().line("%,d records are new, %,d were there already".formatted(taken.recorded(), taken.known()));
        }
        return Exit.OK;
    }
}
