package dev.weft.node.cli;

import dev.weft.node.capture.mlflow.MlflowCursor;
import dev.weft.node.capture.mlflow.MlflowReader;
import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads an MLflow store. */
@Command(
        name = "mlflow",
        mixinStandardHelpOptions = true,
        description = {
            "Reads runs, datasets, models and registered versions of an MLflow store: the address of a tracking server,"
                    + " an mlflow.db, or a folder mlruns. Goes on where the last import of the same store ended.",
            "For a server, MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, say who asks."
        })
final class ImportMlflow extends NodeCommand {
    @Parameters(
            paramLabel = "STORE",
            description = "http://HOST:PORT, https://HOST, or the path of an mlflow.db or of mlruns.")
    private String store = "";

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description =
                    "What the records say they come from (default: mlflow); a second store needs a name of its own.")
    private String source = "mlflow";

    @Option(names = "--all", description = "Reads everything again, also runs that had ended.")
    private boolean all;

    @Option(
            names = "--local-files",
            description = "The paths that a server names are of this machine too: files there are hashed."
                    + " So it is for a store in files and for a server at loopback.")
    private boolean localFiles;

    @Override
    int run() throws CliException, VerificationException, IOException {
        ImportProgress progress = new ImportProgress(console(), common().json());
        ImportCursor kept = new ImportCursor(common().directory(), "mlflow", source + " " + place());
        RecordSink sink = new RecordSink(client());
        MlflowCursor from = all ? MlflowCursor.start() : cursor(kept);
        try (MlflowReader reader = open()) {
            reader.read(from, (records, runs, behind) -> take(sink, progress, kept, records, runs, behind));
        }
        return progress.done("runs", sink);
    }

    /** A crash before the cursor is kept leaves records that the next import finds there already. */
    private static void take(
            RecordSink sink,
            ImportProgress progress,
            ImportCursor kept,
            List<LineageRecord> records,
            int runs,
            MlflowCursor behind)
            throws IOException, VerificationException {
        sink.take(records);
        kept.keep(behind.text());
        progress.more(runs);
    }

    private static MlflowCursor cursor(ImportCursor kept) throws IOException, VerificationException {
        Optional<String> text = kept.text();
        return text.isPresent() ? MlflowCursor.parse(text.get()) : MlflowCursor.start();
    }

    private boolean isServer() {
        return store.startsWith("http://") || store.startsWith("https://");
    }

    private String place() {
        return isServer() ? store : path().toAbsolutePath().normalize().toString();
    }

    /** MLflow's own addresses of files are taken as well. */
    private Path path() {
        for (String scheme : List.of("sqlite:///", "file://")) {
            if (store.startsWith(scheme)) {
                return Path.of(store.substring(scheme.length()));
            }
        }
        return Path.of(store);
    }

    private MlflowReader open() throws IOException, VerificationException {
        if (!isServer()) {
            Path path = path();
            return Files.isDirectory(path) ? MlflowReader.folder(path, source) : MlflowReader.database(path, source);
        }
        URI address = address();
        boolean here = address.getHost() != null && address.getHost().matches("localhost|127\\..*|\\[::1]");
        return MlflowReader.server(address, authorization(), source, localFiles || here);
    }

    private URI address() throws VerificationException {
        try {
            return URI.create(store);
        } catch (IllegalArgumentException e) {
            throw new VerificationException(Reason.BAD_VALUE, store + " is no address", e);
        }
    }

    private static Optional<String> authorization() {
        Optional<String> token = Optional.ofNullable(System.getenv("MLFLOW_TRACKING_TOKEN"));
        Optional<String> user = Optional.ofNullable(System.getenv("MLFLOW_TRACKING_USERNAME"));
        String password =
                Optional.ofNullable(System.getenv("MLFLOW_TRACKING_PASSWORD")).orElse("");
        return token.map(text -> "Bearer " + text)
                .or(() -> user.map(name -> "Basic "
                        + Base64.getEncoder()
                                .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8))));
    }
}
