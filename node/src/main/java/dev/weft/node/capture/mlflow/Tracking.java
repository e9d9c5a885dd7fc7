package dev.weft.node.capture.mlflow;

import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A tracking store, however it is reached. What it says is not believed to be well-formed, small or finite. */
interface Tracking extends AutoCloseable {

    /** Runs and where the next ones begin. */
    record Page(List<MlflowRun> runs, Optional<String> next) {
        public Page {
            runs = List.copyOf(runs);
        }
    }

    /** All that were not deleted. */
    List<Experiment> experiments() throws IOException, VerificationException;

    /**
     * Runs of an experiment that were not deleted, the oldest first.
     *
     * @param since least start time, milliseconds of the epoch
     * @param token of the page, as the one before named it; empty for the first
     */
    Page runs(Experiment experiment, long since, Optional<String> token) throws IOException, VerificationException;

    /** One run, if it is still there. */
    Optional<MlflowRun> run(String id) throws IOException, VerificationException;

    /** One logged model, if the store knows of such things and has it. */
    Optional<LoggedModel> model(String id) throws IOException, VerificationException;

    /** Registered versions made at or after a time, milliseconds of the epoch, the oldest first. */
    List<ModelVersion> versions(long since) throws IOException, VerificationException;

    @Override
    void close() throws IOException;
}
