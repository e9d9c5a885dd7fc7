package dev.weft.node.capture.openlineage;

import com.google.gson.JsonObject;
import dev.weft.node.record.Fingerprint;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.LineageRecord.Details;
import dev.weft.node.record.LineageRecord.Step;
import dev.weft.node.record.LineageRecord.Uses;
import dev.weft.node.record.Origin;
import dev.weft.node.record.Reference;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.FieldValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One event on its way: a run's, a job's or a dataset's. Used once. */
final class EventReader {

    private static final Set<String> ENDS = Set.of("complete", "fail", "abort");

    private final JsonObject event;
    private final Map<String, LineageRecord> named = new LinkedHashMap<>();

    EventReader(JsonObject event) {
        this.event = event;
    }

    OpenLineageEvent read() throws VerificationException {
        FacetRules.check(event);
        Instant at = EventTime.parse(Parts.text(event, "eventTime").orElseThrow(() -> Parts.missing("eventTime")));
        Optional<JsonObject> run = Parts.object(event, "run");
        Optional<JsonObject> job = Parts.object(event, "job");
        Optional<JsonObject> dataset = Parts.object(event, "dataset");
        if (run.isEmpty() && job.isEmpty() && dataset.isEmpty()) {
            throw new VerificationException(
                    Reason.MISSING_FIELD,
                    "the event has no \"run\", no \"job\" and no \"dataset\": add what it is about");
        }
        List<Reference> about = dataset.isPresent() ? List.of(dataset(dataset.get(), "dataset.")) : List.of();
        List<Reference> inputs = datasets("inputs");
        List<Reference> outputs = datasets("outputs");
        List<Reference> code = job.isPresent() ? job(job.get()) : List.of();
        Optional<Reference> observed = run.isPresent()
                ? Optional.of(run(run.get(), job.orElseThrow(() -> Parts.missing("job"))))
                : Optional.empty();
        String state = state(run.isPresent(), job.isPresent());
        LineageRecord.Observation said = new LineageRecord.Observation(
                new Origin(
                        OpenLineageEvent.SOURCE,
                        Optional.of("event:" + EventJson.digest(event).hex()),
                        Flattened.of(event)),
                observed,
                state,
                Optional.of(at),
                new Uses(inputs, outputs, code, Optional.empty(), about),
                details(run.orElseGet(JsonObject::new), state, at));
        return new OpenLineageEvent(List.copyOf(named.values()), said);
    }

    private String state(boolean ofRun, boolean ofJob) {
        return ofRun
                ? Parts.text(event, "eventType").orElse("other").toLowerCase(Locale.ROOT)
                : ofJob ? "job" : "dataset";
    }

    private static Details details(JsonObject run, String state, Instant at) throws VerificationException {
        SortedMap<String, FieldValue> parameters = new TreeMap<>();
        for (JsonObject one : Parts.objects(Parts.facet(run, "facets", "executionParameters"), "parameters")) {
            Optional<String> key = Parts.text(one, "key").or(() -> Parts.text(one, "name"));
            Optional<String> value = Parts.text(one, "value");
            if (key.isPresent() && value.isPresent()) {
                parameters.put(key.get(), FieldValue.of(value.get()));
            }
        }
        return new Details(
                parameters,
                new TreeMap<>(),
                OptionalLong.empty(),
                Optional.empty(),
                state.equals("start") ? Optional.of(at) : Optional.empty(),
                ENDS.contains(state) ? Optional.of(at) : Optional.empty(),
                OptionalLong.empty());
    }

    private List<Reference> datasets(String side) throws VerificationException {
        List<Reference> references = new ArrayList<>();
        for (JsonObject dataset : Parts.objects(event, side)) {
            Reference reference = dataset(dataset, side + ".");
            if (!references.contains(reference)) {
                references.add(reference);
            }
        }
        return references;
    }

    /** One record for each version that events tell apart; without a version, one for the name. */
    private Reference dataset(JsonObject dataset, String path) throws VerificationException {
        String namespace = Parts.name(dataset, "namespace", path);
        String name = Parts.name(dataset, "name", path);
        Optional<String> version = Parts.text(Parts.facet(dataset, "facets", "version"), "datasetVersion");
        Optional<String> digest = Parts.text(Parts.facet(dataset, "facets", "weft_digest"), "digest");
        Fingerprint fingerprint =
                digest.isPresent() ? Fingerprint.of(ContentDigest.parse(digest.get())) : Fingerprint.NONE;
        String id = Identifiers.dataset(namespace, name)
                + version.map(value -> "#" + value).orElse("")
                + digest.map(value -> "@" + value).orElse("");
        return named(new LineageRecord.Dataset(
                origin(id, Map.of("namespace", namespace)),
                name,
                fingerprint,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                version,
                List.of(),
                Optional.empty()));
    }

    /** The job, and the commit that it was at where the event says it. */
    private List<Reference> job(JsonObject job) throws VerificationException {
        String namespace = Parts.name(job, "namespace", "job.");
        String name = Parts.name(job, "name", "job.");
        List<Reference> code = new ArrayList<>();
        code.add(named(new LineageRecord.Code(
                origin(Identifiers.job(namespace, name), Map.of("namespace", namespace)),
                name,
                Fingerprint.NONE,
                Optional.empty(),
                Optional.empty())));
        JsonObject location = Parts.facet(job, "facets", "sourceCodeLocation");
        Optional<String> repository = Parts.text(location, "repoUrl").or(() -> Parts.text(location, "url"));
        Optional<String> commit = Parts.text(location, "version");
        if (repository.isPresent() && commit.isPresent()) {
            code.add(named(new LineageRecord.Code(
                    origin("code:" + repository.get() + "@" + commit.get(), Map.of()),
                    repository.get(),
                    commit(commit.get()),
                    repository,
                    Optional.empty())));
        }
        return code;
    }

    private static Fingerprint commit(String version) throws VerificationException {
        return version.matches("[0-9a-f]{40}")
                ? Fingerprint.of(ContentDigest.parse(ContentDigest.GIT_SHA1 + ":" + version))
                : new Fingerprint(Optional.empty(), Optional.of("version:" + version));
    }

    private Reference run(JsonObject run, JsonObject job) throws VerificationException {
        String namespace = Parts.name(job, "namespace", "job.");
        String name = Parts.name(job, "name", "job.");
        String runId = Parts.name(run, "runId", "run.");
        return named(new LineageRecord.Run(
                origin(
                        Identifiers.run(namespace, name, runId),
                        Map.of("namespace", namespace, "job", name, "runId", runId)),
                step(job),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Details.none()));
    }

    /** OpenLineage has no word for what a run did to a model; the job facet {@code weft_step} says it. */
    private static Step step(JsonObject job) throws VerificationException {
        Optional<String> said = Parts.text(Parts.facet(job, "facets", "weft_step"), "step");
        if (said.isEmpty()) {
            return Step.PREPARE;
        }
        return Arrays.stream(Step.values())
                .filter(step -> step.text().equals(said.get()))
                .findFirst()
                .orElseThrow(() -> new VerificationException(
                        Reason.BAD_VALUE,
                        "\"job.facets.weft_step.step\" is \"%s\"; it must be prepare, train, evaluate or aggregate"
                                .formatted(said.get())));
    }

    private static Origin origin(String id, Map<String, String> more) throws VerificationException {
        SortedMap<String, FieldValue> fields = new TreeMap<>();
        try {
            more.forEach((name, value) -> fields.put(name, FieldValue.of(value)));
        } catch (IllegalArgumentException e) {
            throw new VerificationException(Reason.BAD_VALUE, "a name cannot be kept: " + e.getMessage(), e);
        }
        return new Origin(OpenLineageEvent.SOURCE, Optional.of(id), fields);
    }

    private Reference named(LineageRecord record) {
        String id = record.origin().externalId().orElseThrow();
        named.putIfAbsent(id, record);
        return new Reference.ByExternalId(id);
    }
}
