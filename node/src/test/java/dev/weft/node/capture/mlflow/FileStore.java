package dev.weft.node.capture.mlflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder mlruns as MLflow 3.17 lays it out, with what {@link TrackingDatabase} holds. */
final class FileStore {

    final Path root;
    final Path experiment;

    FileStore(Path directory) throws IOException {
        this.root = directory.resolve("mlruns");
        this.experiment = root.resolve(TrackingDatabase.EXPERIMENT);
        file(experiment.resolve("meta.yaml"), """
                artifact_location: /nowhere
                experiment_id: '7'
                lifecycle_stage: active
                name: wards
                """);
        file(root.resolve("8/meta.yaml"), "experiment_id: '8'\nlifecycle_stage: deleted\nname: thrown away\n");
        file(root.resolve(".trash/9/meta.yaml"), "experiment_id: '9'\nlifecycle_stage: deleted\nname: thrown far\n");
    }

    static void file(Path path, String text) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    Path run(String id) {
        return experiment.resolve(id);
    }

    /** One run with a parameter, two metrics and a tag. */
    void run(String id, int status, long start) throws IOException {
        String end = status == 1 ? "null" : Long.toString(start + 1_000);
        file(run(id).resolve("meta.yaml"), """
                artifact_uri: /nowhere
                end_time: %s
                experiment_id: '7'
                lifecycle_stage: active
                run_id: %s
                run_name: name
                run_uuid: %s
                source_type: 4
                start_time: %d
                status: %d
                tags: []
                user_id: grace
                """.formatted(end, id, id, start, status));
        file(run(id).resolve("params/lr"), "0.1");
        file(run(id).resolve("metrics/auc"), "1 0.5 0\n3 0.7 1\n4 0.91 4\n2 0.8 3\n");
        file(run(id).resolve("metrics/loss"), "1 nan 4\n");
        file(run(id).resolve("tags/mlflow.user"), "grace");
    }

    /** A dataset that a run took. */
    void input(String run, String name, String digest, Path file) throws IOException {
        file(experiment.resolve("datasets/d" + name + "/meta.yaml"), """
                digest: %s
                name: %s
                profile: '{"num_rows": 3}'
                schema: '{}'
                source: '{"uri": "%s"}'
                source_type: local
                """.formatted(digest, name, file));
        file(run(run).resolve("inputs/i" + name + "/meta.yaml"), """
                destination_id: d%s
                destination_type: RUN
                source_id: d%s
                source_type: DATASET
                tags:
                  mlflow.data.context: training
                """.formatted(name, name));
    }

    /** A model that a run logged. */
    void model(String run, String id, Path folder) throws IOException {
        file(experiment.resolve("models/" + id + "/meta.yaml"), """
                artifact_location: %s
                experiment_id: '7'
                model_id: %s
                model_type: sklearn
                name: net
                source_run_id: %s
                status: 2
                """.formatted(folder, id, run));
        file(run(run).resolve("outputs/" + id + "/meta.yaml"), """
                destination_id: %s
                destination_type: MODEL_OUTPUT
                source_id: %s
                source_type: RUN_OUTPUT
                step: 0
                tags: {}
                """.formatted(id, id));
    }

    /** A registered version of a model. */
    void version(String name, int version, String source, String run, long created) throws IOException {
        file(root.resolve("models/" + name + "/meta.yaml"), "aliases: {}\nname: " + name + "\n");
        file(root.resolve("models/" + name + "/version-" + version + "/meta.yaml"), """
                creation_timestamp: %d
                current_stage: None
                name: %s
                run_id: %s
                source: %s
                version: %d
                """.formatted(
                        created, name, run, source, version));
    }
}
