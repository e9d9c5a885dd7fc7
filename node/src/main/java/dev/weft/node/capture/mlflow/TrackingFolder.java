package dev.weft.node.capture.mlflow;

import dev.weft.node.capture.mlflow.MlflowRun.Info;
import dev.weft.node.capture.mlflow.MlflowRun.Input;
import dev.weft.node.observe.Yaml;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Reads the file store of MLflow 1 to 3, a folder {@code mlruns} ({@code mlflow/store/tracking/file_store.py} and the
 * registry's beside it), as MLflow's own server tells of it. Never writes.
 */
final class TrackingFolder implements Tracking {

    private static final int PAGE = 200;
    private static final String REGISTRY = "models";
    /** What MLflow takes for an id; so none of them names another folder. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,255}");

    private static final List<String> STATES =
            List.of("UNKNOWN", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");

    /** A run's place in the order in which runs are read. */
    private record Place(long started, String id, Path folder) {
        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::started).thenComparing(Place::id);

        boolean isBehind(long time, String run) {
            return started > time || (started == time && id.compareTo(run) > 0);
        }

        String token() {
            return started + " " + id;
        }
    }

    private final Path root;
    private final Map<String, Path> experiments = new LinkedHashMap<>();
    private final List<Experiment> active = new ArrayList<>();
    /** Of the experiment that is being read. */
    private String listed = "";

    private List<Place> places = List.of();
    private final Map<String, Map<String, List<String>>> modelsByRun = new HashMap<>();

    private TrackingFolder(Path root) {
        this.root = root;
    }

    static TrackingFolder open(Path folder) throws IOException, VerificationException {
        TrackingFolder store = new TrackingFolder(folder.toRealPath());
        for (Path each : StoreFiles.folders(store.root)) {
            Optional<Map<?, ?>> meta = StoreFiles.meta(each);
            if (meta.isPresent() && !each.endsWith(REGISTRY)) {
                store.experiment(each, meta.get());
            }
        }
        if (store.experiments.isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_FOUND,
                    folder + " holds no experiment's meta.yaml; name the folder mlruns of a file store");
        }
        return store;
    }

    private void experiment(Path folder, Map<?, ?> meta) throws VerificationException {
        String id = same(folder, text(meta, "experiment_id"));
        experiments.put(id, folder);
        if (isActive(meta)) {
            active.add(new Experiment(id, text(meta, "name")));
        }
    }

    private static boolean isActive(Map<?, ?> meta) {
        return Yaml.text(meta, "lifecycle_stage").orElse("active").equals("active");
    }

    private static String same(Path folder, String id) throws VerificationException {
        if (!ID.matcher(id).matches() || !folder.endsWith(id)) {
            throw new VerificationException(
                    Reason.MALFORMED, folder + " describes another thing than its name says; move it out of the store");
        }
        return id;
    }

    private static String text(Map<?, ?> meta, String name) {
        return Yaml.text(meta, name).orElse("");
    }

    private static long whole(Map<?, ?> meta, String name) {
        String text = text(meta, name);
        return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    @Override
    public List<Experiment> experiments() {
        return List.copyOf(active);
    }

    /** The token is the last run's time and id. The order is that of the moment when the first page was asked for. */
    @Override
    public Page runs(Experiment experiment, long since, Optional<String> token)
            throws IOException, VerificationException {
        if (token.isEmpty() || !listed.equals(experiment.id())) {
            places = places(Objects.requireNonNull(experiments.get(experiment.id())));
            listed = experiment.id();
        }
        long time = token.map(text -> Long.parseLong(text.substring(0, text.indexOf(' '))))
                .orElse(since);
        String id = token.map(text -> text.substring(text.indexOf(' ') + 1)).orElse("");
        List<Place> page = places.stream()
                .filter(place -> place.isBehind(time, id))
                .limit(PAGE)
                .toList();
        List<MlflowRun> runs = new ArrayList<>();
        for (Place place : page) {
            read(place.folder()).ifPresent(runs::add);
        }
        return new Page(
                runs,
                page.size() < PAGE
                        ? Optional.empty()
                        : Optional.of(page.get(page.size() - 1).token()));
    }

    private static List<Place> places(Path experiment) throws IOException, VerificationException {
        List<Place> places = new ArrayList<>();
        for (Path folder : StoreFiles.folders(experiment)) {
            Optional<Map<?, ?>> meta = StoreFiles.meta(folder);
            if (meta.isPresent() && isActive(meta.get())) {
                places.add(new Place(whole(meta.get(), "start_time"), id(folder, meta.get()), folder));
            }
        }
        places.sort(Place.ORDER);
        return places;
    }

    /** MLflow 1 calls it {@code run_uuid}, later ones both. */
    private static String id(Path folder, Map<?, ?> meta) throws VerificationException {
        return same(folder, Yaml.text(meta, "run_id").orElseGet(() -> text(meta, "run_uuid")));
    }

    @Override
    public Optional<MlflowRun> run(String id) throws IOException, VerificationException {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        for (Path experiment : experiments.values()) {
            Optional<MlflowRun> run = read(experiment.resolve(id));
            if (run.isPresent()) {
                return run;
            }
        }
        return Optional.empty();
    }

    /** Empty where it is gone, or was thrown away. */
    private Optional<MlflowRun> read(Path folder) throws IOException, VerificationException {
        Optional<Map<?, ?>> found = StoreFiles.meta(folder);
        if (found.isEmpty() || !isActive(found.get())) {
            return Optional.empty();
        }
        Map<?, ?> meta = found.get();
        String id = id(folder, meta);
        long ended = whole(meta, "end_time");
        MlflowRun run = new MlflowRun(new Info(
                id,
                text(meta, "run_name"),
                text(meta, "user_id"),
                state(folder, Yaml.text(meta, "status").orElse("1")),
                whole(meta, "start_time"),
                ended == 0 ? OptionalLong.empty() : OptionalLong.of(ended),
                text(meta, "artifact_uri")));
        for (Map.Entry<String, Path> file :
                StoreFiles.files(folder.resolve("params")).entrySet()) {
            run.data().params().put(file.getKey(), StoreFiles.text(file.getValue()));
        }
        for (Map.Entry<String, Path> file :
                StoreFiles.files(folder.resolve("tags")).entrySet()) {
            run.data().tags().put(file.getKey(), StoreFiles.text(file.getValue()));
        }
        for (Map.Entry<String, Path> file :
                StoreFiles.files(folder.resolve("metrics")).entrySet()) {
            run.data().metrics().put(file.getKey(), MetricFile.latest(file.getValue()));
        }
        inputs(folder, run);
        outputs(folder, run);
        return Optional.of(run);
    }

    private static String state(Path folder, String status) throws VerificationException {
        if (!status.matches("[1-5]")) {
            throw new VerificationException(Reason.MALFORMED, folder + " has a status that is none of MLflow's");
        }
        return STATES.get(Integer.parseInt(status));
    }

    private static void inputs(Path folder, MlflowRun run) throws IOException, VerificationException {
        for (Path each : StoreFiles.folders(folder.resolve("inputs"))) {
            Map<?, ?> link = StoreFiles.meta(each).orElse(Map.of());
            String id = text(link, "source_id");
            if (!ID.matcher(id).matches()) {
                throw new VerificationException(Reason.MALFORMED, each + " names an input that is no id");
            }
            if (text(link, "source_type").equals("MODEL")) {
                run.artifacts().modelsIn().add(id);
            } else if (text(link, "source_type").equals("DATASET")) {
                Path dataset = folder.resolveSibling("datasets").resolve(id);
                StoreFiles.meta(dataset)
                        .ifPresent(meta -> run.artifacts().datasets().add(input(meta, link)));
            }
        }
    }

    private static Input input(Map<?, ?> dataset, Map<?, ?> link) {
        return new Input(
                text(dataset, "name"),
                text(dataset, "digest"),
                text(Yaml.map(link, "tags"), "mlflow.data.context"),
                text(dataset, "source_type"),
                text(dataset, "source"),
                text(dataset, "schema"),
                text(dataset, "profile"));
    }

    private void outputs(Path folder, MlflowRun run) throws IOException, VerificationException {
        for (Path each : StoreFiles.folders(folder.resolve("outputs"))) {
            Map<?, ?> link = StoreFiles.meta(each).orElse(Map.of());
            String id = text(link, "destination_id");
            if (text(link, "destination_type").equals("MODEL_OUTPUT")) {
                run.artifacts().modelsOut().add(same(each, id));
            }
        }
        Path experiment = folder.resolveSibling(REGISTRY);
        run.artifacts()
                .modelsOut()
                .addAll(modelsByRun(experiment).getOrDefault(run.info().id(), List.of()));
    }

    /** Logged models of an experiment that are there, by the run that they say they are of. */
    private Map<String, List<String>> modelsByRun(Path folder) throws IOException, VerificationException {
        if (!modelsByRun.containsKey(folder.toString())) {
            Map<String, List<String>> models = new HashMap<>();
            for (Path each : StoreFiles.folders(folder)) {
                Map<?, ?> meta = StoreFiles.meta(each).orElse(Map.of());
                if (isActive(meta)) {
                    models.computeIfAbsent(text(meta, "source_run_id"), run -> new ArrayList<>())
                            .add(each.getFileName().toString());
                }
            }
            modelsByRun.put(folder.toString(), models);
        }
        return modelsByRun.getOrDefault(folder.toString(), Map.of());
    }

    @Override
    public Optional<LoggedModel> model(String id) throws IOException, VerificationException {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        for (Path experiment : experiments.values()) {
            Optional<Map<?, ?>> meta =
                    StoreFiles.meta(experiment.resolve(REGISTRY).resolve(id));
            if (meta.isPresent()) {
                return Optional.of(new LoggedModel(
                        id,
                        text(meta.get(), "name"),
                        Yaml.text(meta.get(), "artifact_location"),
                        Yaml.text(meta.get(), "model_type")));
            }
        }
        return Optional.empty();
    }

    @Override
    public List<ModelVersion> versions(long since) throws IOException, VerificationException {
        List<ModelVersion> versions = new ArrayList<>();
        for (Path model : StoreFiles.folders(root.resolve(REGISTRY))) {
            for (Path folder : StoreFiles.folders(model)) {
                Map<?, ?> meta = StoreFiles.meta(folder).orElse(Map.of());
                boolean deleted = meta.isEmpty() || text(meta, "current_stage").equals("Deleted_Internal");
                if (!deleted && whole(meta, "creation_timestamp") >= since) {
                    versions.add(version(meta));
                }
            }
        }
        versions.sort(Comparator.comparingLong(ModelVersion::created)
                .thenComparing(ModelVersion::name)
                .thenComparing(ModelVersion::version));
        return versions;
    }

    private static ModelVersion version(Map<?, ?> meta) {
        return new ModelVersion(
                text(meta, "name"),
                text(meta, "version"),
                Yaml.text(meta, "run_id").filter(run -> !run.isBlank()),
                Yaml.text(meta, "source"),
                whole(meta, "creation_timestamp"));
    }

    @Override
    public void close() {
        // no file stays open
    }
}
