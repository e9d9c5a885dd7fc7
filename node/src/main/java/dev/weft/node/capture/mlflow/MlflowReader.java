package dev.weft.node.capture.mlflow;

import dev.weft.node.record.LineageRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a tracking store from where a cursor stands, and hands on page after page with the cursor behind it. Whoever takes
 * a page has it on disk before taking the next, and keeps its cursor then: an import that is cut short goes on there.
 */
public final class MlflowReader implements AutoCloseable {

    /** What is read of a store. */
    public interface Taker {
        /** Takes the records of one page in their order; {@code runs} says how many runs they are of. */
        void take(List<LineageRecord> records, int runs, MlflowCursor behind) throws IOException, VerificationException;
    }

    private static final int VERSIONS = 200;

    private final Tracking store;
    private final RunRecords records;

    private MlflowReader(Tracking store, String source, boolean localFiles) {
        this.store = store;
        this.records = new RunRecords(source, store, new LocalFiles(localFiles));
    }

    /**
     * Of an {@code mlflow.db}.
     *
     * @param source what the records say they come from
     */
    public static MlflowReader database(Path file, String source) throws IOException, VerificationException {
        if (!Files.isRegularFile(file)) {
            throw new VerificationException(Reason.NOT_FOUND, "there is no file " + file + "; name an mlflow.db");
        }
        return new MlflowReader(TrackingDatabaseQuery.open(file), source, true);
    }

    /** Of a file store, the folder {@code mlruns}. */
    public static MlflowReader folder(Path folder, String source) throws IOException, VerificationException {
        return new MlflowReader(TrackingFolder.open(folder), source, true);
    }

    /**
     * Of a server.
     *
     * @param authorization value of the header, sent to that address alone
     * @param localFiles whether the paths that the server names are paths of this machine
     */
    public static MlflowReader server(URI address, Optional<String> authorization, String source, boolean localFiles)
            throws VerificationException {
        boolean fine = address.getHost() != null
                && address.getUserInfo() == null
                && address.getQuery() == null
                && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
        if (!fine) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "the address of an MLflow server is http://HOST:PORT or https://HOST; who asks goes into"
                            + " MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN");
        }
        return new MlflowReader(new TrackingServer(address, authorization), source, localFiles);
    }

    /** Reads all that is new since the cursor. */
    public void read(MlflowCursor from, Taker taker) throws IOException, VerificationException {
        MlflowCursor cursor = unfinished(from, taker);
        for (Experiment experiment : store.experiments()) {
            cursor = runs(experiment, cursor, taker);
        }
        versions(cursor, taker);
    }

    /** Runs that were going on when they were read: told again only where their state is another one. */
    private MlflowCursor unfinished(MlflowCursor from, Taker taker) throws IOException, VerificationException {
        MlflowCursor cursor = from;
        for (Map.Entry<String, String> open : from.unfinished().entrySet()) {
            Optional<MlflowRun> run = store.run(open.getKey());
            if (run.isEmpty() || run.get().ended()) {
                cursor = cursor.without(open.getKey());
            }
            List<LineageRecord> said =
                    run.isEmpty() ? List.of() : records.of(new Experiment("", open.getValue()), run.get());
            taker.take(said, run.isEmpty() ? 0 : 1, cursor);
        }
        return cursor;
    }

    private MlflowCursor runs(Experiment experiment, MlflowCursor from, Taker taker)
            throws IOException, VerificationException {
        MlflowCursor cursor = from;
        Optional<String> token = Optional.empty();
        do {
            Tracking.Page page = store.runs(experiment, from.since(experiment), token);
            List<LineageRecord> said = new ArrayList<>();
            Set<String> named = new HashSet<>();
            for (MlflowRun run : page.runs()) {
                for (LineageRecord record : records.of(experiment, run)) {
                    if (named.add(record.origin().externalId().orElseThrow())) {
                        said.add(record);
                    }
                }
            }
            cursor = cursor.after(experiment, page.runs());
            if (!page.runs().isEmpty()) {
                taker.take(said, page.runs().size(), cursor);
            }
            token = page.next();
        } while (token.isPresent());
        return cursor;
    }

    private void versions(MlflowCursor from, Taker taker) throws IOException, VerificationException {
        MlflowCursor cursor = from;
        List<LineageRecord> said = new ArrayList<>();
        for (ModelVersion version : store.versions(from.versionsSince())) {
            boolean runIsHere =
                    version.run().isPresent() && store.run(version.run().get()).isPresent();
            said.addAll(records.of(version, runIsHere));
            cursor = cursor.afterVersions(version.created());
            if (said.size() >= VERSIONS) {
                taker.take(said, 0, cursor);
                said = new ArrayList<>();
            }
        }
        taker.take(said, 0, cursor);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
