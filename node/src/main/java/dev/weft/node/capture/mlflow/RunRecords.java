package dev.weft.node.capture.mlflow;

import dev.weft.node.capture.mlflow.MlflowRun.Info;
import dev.weft.node.capture.mlflow.MlflowRun.Input;
import dev.weft.node.observe.Secrets;
import dev.weft.node.record.Fingerprint;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.LineageRecord.Details;
import dev.weft.node.record.LineageRecord.Step;
import dev.weft.node.record.LineageRecord.Uses;
import dev.weft.node.record.Origin;
import dev.weft.node.record.Reference;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run of the store as records: what it names, each under an id that its content decides, the run itself, and an
 * observation of the state it is in, under an id that the state decides. So the same again is there already, and what
 * changed is one observation more.
 */
final class RunRecords {

    private static final String COMMIT = "mlflow.source.git.commit";
    private static final String REPOSITORY = "mlflow.source.git.repoURL";
    private static final String SOURCE_NAME = "mlflow.source.name";
    private static final String STEP = "weft.step";

    private final String source;
    private final Tracking store;
    private final LocalFiles files;

    RunRecords(String source, Tracking store, LocalFiles files) {
        this.source = source;
        this.store = store;
        this.files = files;
    }

    /** In the order in which they have to be recorded. */
    List<LineageRecord> of(Experiment experiment, MlflowRun run) throws IOException, VerificationException {
        Map<String, LineageRecord> named = new LinkedHashMap<>();
        List<Reference> inputs = new ArrayList<>();
        for (Input input : run.artifacts().datasets()) {
            inputs.add(add(named, dataset(run, input)));
        }
        for (String id : run.artifacts().modelsIn()) {
            inputs.add(add(named, model(id)));
        }
        List<Reference> outputs = new ArrayList<>();
        Optional<Reference> environment = Optional.empty();
        for (String id : run.artifacts().modelsOut()) {
            outputs.add(add(named, model(id)));
            Optional<LineageRecord> made = environment(id);
            if (environment.isEmpty() && made.isPresent()) {
                environment = Optional.of(add(named, made.get()));
            }
        }
        List<Reference> code = new ArrayList<>();
        code.add(add(named, job(experiment)));
        Optional<LineageRecord> script = script(run);
        if (script.isPresent()) {
            code.add(add(named, script.get()));
        }
        Reference itself = add(named, run(experiment, run));
        List<LineageRecord> all = new ArrayList<>(named.values());
        all.add(observation(run, itself, new Uses(distinct(inputs), outputs, code, environment, List.of())));
        return all;
    }

    private static List<Reference> distinct(List<Reference> references) {
        return references.stream().distinct().toList();
    }

    private static Reference add(Map<String, LineageRecord> named, LineageRecord record) {
        String id = record.origin().externalId().orElseThrow();
        named.putIfAbsent(id, record);
        return new Reference.ByExternalId(id);
    }

    private Origin origin(String id, Map<String, String> more) {
        SortedMap<String, FieldValue> fields = new TreeMap<>();
        more.forEach((name, value) -> {
            if (!value.isEmpty()) {
                fields.put(name, FieldValue.of(value));
            }
        });
        return new Origin(source, Optional.of(id), fields);
    }

    private LineageRecord dataset(MlflowRun run, Input input) {
        Optional<LocalFiles.Hashed> file =
                files.source(input.source(), run.info().ended().orElse(Long.MAX_VALUE));
        String told = input.sourceType() + "\n" + input.source() + "\n" + input.schema() + "\n" + input.profile();
        String id = "dataset:" + Names.of(input.name()) + "#" + Names.of(input.digest()) + "#" + brief(told)
                + file.map(one -> "@" + one.digest().hex()).orElse("");
        return new LineageRecord.Dataset(
                origin(
                        id,
                        Map.of(
                                "sourceType", input.sourceType(),
                                "source", Secrets.line(input.source()),
                                "schema", input.schema(),
                                "profile", input.profile())),
                Names.of(input.name()),
                new Fingerprint(
                        file.map(LocalFiles.Hashed::content),
                        Optional.of(input.digest())
                                .filter(text -> !text.isBlank())
                                .map(text -> "mlflow:" + text)),
                file.map(one -> one.path().toString()),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private static String brief(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    }

    /** One that the store has forgotten is told by its id. */
    private LineageRecord model(String id) throws IOException, VerificationException {
        LoggedModel model =
                store.model(id).orElseGet(() -> new LoggedModel(id, id, Optional.empty(), Optional.empty()));
        return new LineageRecord.Model(
                origin("model:" + Names.of(id), Map.of("modelId", id)),
                Names.of(model.name()),
                files.model(model.artifacts())
                        .map(file -> Fingerprint.of(file.content()))
                        .orElse(Fingerprint.NONE),
                model.artifacts(),
                model.type(),
                Optional.empty());
    }

    private Optional<LineageRecord> environment(String model) throws IOException, VerificationException {
        Optional<String> artifacts = store.model(model).flatMap(LoggedModel::artifacts);
        return files.beside(artifacts, "requirements.txt").map(file -> {
            Map<String, String> more = new TreeMap<>();
            for (String name : List.of("conda.yaml", "python_env.yaml")) {
                files.beside(artifacts, name)
                        .ifPresent(one -> more.put(name, one.content().toString()));
            }
            Optional<String> python = files.beside(artifacts, "python_env.yaml").stream()
                    .flatMap(one -> LocalFiles.lines(one.path()).stream())
                    .filter(line -> line.startsWith("python:"))
                    .findFirst();
            String id = file.digest().hex() + more.values() + python.orElse("");
            return new LineageRecord.Environment(
                    origin("environment:" + brief(id), more),
                    "requirements.txt",
                    file.content(),
                    Optional.empty(),
                    python.map(line -> line.replace(": ", " ").replace(":", " ")),
                    LocalFiles.lines(file.path()));
        });
    }

    private LineageRecord job(Experiment experiment) {
        return new LineageRecord.Code(
                origin("job:" + Names.of(experiment.name()), Map.of()),
                Names.of(experiment.name()),
                Fingerprint.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private Optional<LineageRecord> script(MlflowRun run) throws VerificationException {
        Optional<String> commit = run.tag(COMMIT);
        Optional<String> name = run.tag(SOURCE_NAME);
        if (commit.isEmpty() && name.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> repository = run.tag(REPOSITORY).map(Secrets::masked).map(Names::of);
        Fingerprint fingerprint =
                commit.filter(text -> text.matches("[0-9a-f]{40}")).isPresent()
                        ? Fingerprint.of(ContentDigest.parse(ContentDigest.GIT_SHA1 + ":" + commit.get()))
                        : new Fingerprint(Optional.empty(), commit.map(text -> "version:" + Names.of(text)));
        String called = Names.of(name.or(() -> repository).orElse("code"));
        return Optional.of(new LineageRecord.Code(
                origin(
                        "code:" + called + "@" + Names.of(commit.orElse("-")) + "#" + brief(repository.orElse("")),
                        Map.of()),
                called,
                fingerprint,
                repository,
                Optional.empty()));
    }

    private LineageRecord run(Experiment experiment, MlflowRun run) {
        Step step = run.tag(STEP)
                .flatMap(text -> Arrays.stream(Step.values())
                        .filter(one -> one.text().equals(text))
                        .findFirst())
                .orElse(Step.TRAIN);
        return new LineageRecord.Run(
                origin(id(run.info().id()), Map.of("runId", run.info().id(), "experiment", experiment.name())),
                step,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Details.none());
    }

    static String id(String run) {
        return "run:" + Names.of(run);
    }

    private LineageRecord observation(MlflowRun run, Reference itself, Uses uses) {
        Info info = run.info();
        Map<String, String> more = new TreeMap<>();
        more.put("runName", info.name());
        more.put("user", info.user());
        more.put("artifacts", Secrets.masked(info.artifacts()));
        run.data().tags().forEach((name, value) -> more.put("tag." + Names.of(name), Secrets.masked(name, value)));
        run.artifacts().datasets().forEach(input -> more.put("context." + Names.of(input.name()), input.context()));
        Origin origin =
                origin("state:" + Names.of(info.id()) + ":" + run.state().hex(), more);
        SortedMap<String, FieldValue> parameters = new TreeMap<>();
        run.data()
                .params()
                .forEach((name, value) -> parameters.put(Names.of(name), FieldValue.of(Secrets.masked(name, value))));
        SortedMap<String, FieldValue> metrics = new TreeMap<>();
        run.data().metrics().forEach((name, metric) -> metrics.put(Names.of(name), metric.field()));
        SortedMap<String, FieldValue> fields = new TreeMap<>(origin.more());
        run.data()
                .metrics()
                .forEach((name, metric) -> fields.put("lastStep." + Names.of(name), FieldValue.of(metric.step())));
        Optional<Instant> started = Optional.of(Instant.ofEpochMilli(info.started()));
        Optional<Instant> ended = info.ended().isPresent()
                ? Optional.of(Instant.ofEpochMilli(info.ended().getAsLong()))
                : Optional.empty();
        return new LineageRecord.Observation(
                new Origin(source, origin.externalId(), fields),
                Optional.of(itself),
                info.status().isBlank() ? "unknown" : info.status(),
                ended.or(() -> started),
                uses,
                new Details(
                        parameters,
                        metrics,
                        OptionalLong.empty(),
                        run.tag("mlflow.project.entryPoint").map(Secrets::line),
                        started,
                        ended,
                        OptionalLong.empty()));
    }

    /** A registered version, and that the run it is of made it. */
    List<LineageRecord> of(ModelVersion version, boolean runIsHere) throws IOException, VerificationException {
        Optional<LoggedModel> logged = Optional.empty();
        if (version.loggedModel().isPresent()) {
            logged = store.model(version.loggedModel().get());
        }
        Optional<String> artifacts = logged.isPresent() ? logged.get().artifacts() : version.source();
        String id = "model:" + Names.of(version.name()) + "/" + Names.of(version.version());
        Map<String, String> more = new TreeMap<>();
        more.put("version", version.version());
        version.loggedModel().ifPresent(model -> more.put("modelId", model));
        List<LineageRecord> records = new ArrayList<>();
        records.add(new LineageRecord.Model(
                origin(id, more),
                Names.of(version.name()),
                files.model(artifacts)
                        .map(file -> Fingerprint.of(file.content()))
                        .orElse(Fingerprint.NONE),
                version.source().map(Names::of),
                logged.flatMap(LoggedModel::type),
                Optional.empty()));
        if (runIsHere && version.run().isPresent()) {
            records.add(new LineageRecord.Observation(
                    origin("registered:" + Names.of(version.name()) + "/" + Names.of(version.version()), Map.of()),
                    Optional.of(new Reference.ByExternalId(id(version.run().get()))),
                    "registered",
                    Optional.of(Instant.ofEpochMilli(version.created())),
                    new Uses(
                            List.of(), List.of(new Reference.ByExternalId(id)), List.of(), Optional.empty(), List.of()),
                    Details.none()));
        }
        return records;
    }
}
