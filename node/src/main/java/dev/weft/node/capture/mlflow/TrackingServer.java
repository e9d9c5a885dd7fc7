package dev.weft.node.capture.mlflow;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.weft.node.capture.mlflow.MlflowRun.Info;
import dev.weft.node.capture.mlflow.MlflowRun.Input;
import dev.weft.node.capture.mlflow.MlflowRun.Metric;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Asks a tracking server over MLflow's REST API, version 2.0. Asks only the address that it was made with: a redirect is
 * refused, and no address in an answer is followed.
 */
final class TrackingServer implements Tracking {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_ANSWER = 128 << 20;
    private static final int PAGE = 200;
    /** Pages of one listing at most: a server whose listing has no end is not asked for ever. */
    private static final int MAX_PAGES = 100_000;

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final String base;
    private final Optional<String> authorization;

    /** {@code authorization}: the header's value, sent to this address alone. */
    TrackingServer(URI address, Optional<String> authorization) {
        String text = address.toString();
        this.base = (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/api/2.0/mlflow/";
        this.authorization = authorization;
    }

    @Override
    public List<Experiment> experiments() throws IOException, VerificationException {
        List<Experiment> experiments = new ArrayList<>();
        JsonObject question = new JsonObject();
        question.addProperty("max_results", 1_000);
        question.addProperty("view_type", "ACTIVE_ONLY");
        for (JsonObject page : pages("experiments/search", question)) {
            for (JsonObject experiment : objects(page, "experiments")) {
                experiments.add(new Experiment(text(experiment, "experiment_id"), text(experiment, "name")));
            }
        }
        return experiments;
    }

    /** All pages of a listing that is short. */
    private List<JsonObject> pages(String path, JsonObject question) throws IOException, VerificationException {
        List<JsonObject> pages = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Optional<String> token = Optional.empty();
        do {
            token.ifPresent(text -> question.addProperty("page_token", text));
            JsonObject page = post(path, question);
            pages.add(page);
            token = Optional.of(text(page, "next_page_token")).filter(text -> !text.isEmpty());
            if (token.isPresent() && (!seen.add(token.get()) || pages.size() >= MAX_PAGES)) {
                throw new VerificationException(
                        Reason.LIMIT_EXCEEDED, "the server's listing of " + path + " has no end; look at the server");
            }
        } while (token.isPresent());
        return pages;
    }

    @Override
    public Page runs(Experiment experiment, long since, Optional<String> token)
            throws IOException, VerificationException {
        JsonObject question = new JsonObject();
        question.add("experiment_ids", array(experiment.id()));
        question.addProperty("filter", "attributes.start_time >= " + since);
        question.addProperty("run_view_type", "ACTIVE_ONLY");
        question.addProperty("max_results", PAGE);
        question.add("order_by", array("attributes.start_time ASC"));
        token.ifPresent(text -> question.addProperty("page_token", text));
        JsonObject answer = post("runs/search", question);
        List<MlflowRun> runs = new ArrayList<>();
        for (JsonObject run : objects(answer, "runs")) {
            runs.add(run(run));
        }
        Optional<String> next = Optional.of(text(answer, "next_page_token")).filter(text -> !text.isEmpty());
        if (next.isPresent() && (next.equals(token) || runs.isEmpty())) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "the server's listing of runs goes in a circle; look at the server");
        }
        return new Page(runs, next);
    }

    private static JsonArray array(String item) {
        JsonArray array = new JsonArray();
        array.add(item);
        return array;
    }

    @Override
    public Optional<MlflowRun> run(String id) throws IOException, VerificationException {
        Optional<JsonObject> answer = get("runs/get?run_id=" + escape(id));
        return answer.flatMap(all -> object(all, "run"))
                .map(TrackingServer::run)
                .filter(run -> !run.info().status().isEmpty());
    }

    private static MlflowRun run(JsonObject json) {
        JsonObject info = object(json, "info").orElseGet(JsonObject::new);
        long ended = whole(info, "end_time");
        MlflowRun run = new MlflowRun(new Info(
                text(info, "run_id"),
                text(info, "run_name"),
                text(info, "user_id"),
                text(info, "status"),
                whole(info, "start_time"),
                ended == 0 ? OptionalLong.empty() : OptionalLong.of(ended),
                text(info, "artifact_uri")));
        JsonObject data = object(json, "data").orElseGet(JsonObject::new);
        objects(data, "params").forEach(one -> run.data().params().put(text(one, "key"), text(one, "value")));
        objects(data, "tags").forEach(one -> run.data().tags().put(text(one, "key"), text(one, "value")));
        objects(data, "metrics")
                .forEach(one -> run.data()
                        .metrics()
                        .put(text(one, "key"), new Metric(real(text(one, "value")), whole(one, "step"))));
        JsonObject inputs = object(json, "inputs").orElseGet(JsonObject::new);
        objects(inputs, "dataset_inputs")
                .forEach(one -> run.artifacts().datasets().add(input(one)));
        objects(inputs, "model_inputs")
                .forEach(one -> run.artifacts().modelsIn().add(text(one, "model_id")));
        objects(object(json, "outputs").orElseGet(JsonObject::new), "model_outputs")
                .forEach(one -> run.artifacts().modelsOut().add(text(one, "model_id")));
        return run;
    }

    private static Input input(JsonObject json) {
        JsonObject dataset = object(json, "dataset").orElseGet(JsonObject::new);
        String context = objects(json, "tags").stream()
                .filter(tag -> text(tag, "key").equals("mlflow.data.context"))
                .map(tag -> text(tag, "value"))
                .findFirst()
                .orElse("");
        return new Input(
                text(dataset, "name"),
                text(dataset, "digest"),
                context,
                text(dataset, "source_type"),
                text(dataset, "source"),
                text(dataset, "schema"),
                text(dataset, "profile"));
    }

    @Override
    public Optional<LoggedModel> model(String id) throws IOException, VerificationException {
        return get("logged-models/" + escape(id))
                .flatMap(answer -> object(answer, "model"))
                .flatMap(model -> object(model, "info"))
                .map(info -> new LoggedModel(
                        id, text(info, "name"), optional(info, "artifact_uri"), optional(info, "model_type")));
    }

    @Override
    public List<ModelVersion> versions(long since) throws IOException, VerificationException {
        List<ModelVersion> versions = new ArrayList<>();
        String token = "";
        Set<String> seen = new HashSet<>();
        do {
            Optional<JsonObject> page = get(
                    "model-versions/search?max_results=1000" + (token.isEmpty() ? "" : "&page_token=" + escape(token)));
            for (JsonObject one :
                    page.map(answer -> objects(answer, "model_versions")).orElse(List.of())) {
                versions.add(new ModelVersion(
                        text(one, "name"),
                        text(one, "version"),
                        optional(one, "run_id"),
                        optional(one, "source"),
                        whole(one, "creation_timestamp")));
            }
            token = page.map(answer -> text(answer, "next_page_token")).orElse("");
        } while (!token.isEmpty() && seen.add(token));
        versions.removeIf(version -> version.created() < since);
        versions.sort(java.util.Comparator.comparingLong(ModelVersion::created));
        return versions;
    }

    private JsonObject post(String path, JsonObject question) throws IOException, VerificationException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString()));
        return send(path, request)
                .orElseThrow(() -> new VerificationException(
                        Reason.NOT_FOUND, base + path + " is not there: is this the address of an MLflow server?"));
    }

    /** Empty where the server has no such thing, or is too old to know of any. */
    private Optional<JsonObject> get(String path) throws IOException, VerificationException {
        return send(path, HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    private Optional<JsonObject> send(String path, HttpRequest.Builder request)
            throws IOException, VerificationException {
        authorization.ifPresent(value -> request.header("Authorization", value));
        try {
            HttpResponse<InputStream> response =
                    http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_ANSWER + 1);
                if (bytes.length > MAX_ANSWER) {
                    throw new VerificationException(
                            Reason.TOO_LARGE, "the server's answer to " + path + " is larger than 128 MiB");
                }
                if (response.statusCode() == 404) {
                    return Optional.empty();
                }
                return Optional.of(answer(path, response.statusCode(), bytes));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the MLflow server was asked", e);
        }
    }

    private static JsonObject answer(String path, int status, byte[] bytes) throws VerificationException {
        if (status / 100 == 3) {
            throw new VerificationException(
                    Reason.FOREIGN_ORIGIN,
                    "the server sends on to another address, which is not asked; give that one if you trust it");
        }
        if (status == 401 || status == 403) {
            throw new VerificationException(
                    Reason.UNAUTHENTICATED,
                    "the server wants to know who asks: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and"
                            + " MLFLOW_TRACKING_PASSWORD");
        }
        if (status != 200) {
            throw new VerificationException(
                    status >= 500 ? Reason.UNAVAILABLE : Reason.MALFORMED,
                    "the server answers %s with status %d; look at its log".formatted(path, status));
        }
        try {
            if (JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException e) {
            // said below
        }
        throw new VerificationException(
                Reason.MALFORMED, "the server answers " + path + " with something that is not MLflow's JSON");
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Optional<JsonObject> object(JsonObject in, String name) {
        return in.get(name) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    private static List<JsonObject> objects(JsonObject in, String name) {
        List<JsonObject> objects = new ArrayList<>();
        if (in.get(name) instanceof JsonArray array) {
            for (JsonElement item : array) {
                if (item instanceof JsonObject object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    private static String text(JsonObject in, String name) {
        return in.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    private static Optional<String> optional(JsonObject in, String name) {
        return Optional.of(text(in, name)).filter(text -> !text.isBlank());
    }

    /** MLflow prints 64-bit numbers as numbers or as text, by its version. */
    private static long whole(JsonObject in, String name) {
        String text = text(in, name);
        return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static double real(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> text.matches("[-+0-9.eE]{1,40}") ? parsed(text) : Double.NaN;
        };
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN; // no number is what it says
        }
    }

    @Override
    public void close() {
        // its connections end with the process
    }
}
