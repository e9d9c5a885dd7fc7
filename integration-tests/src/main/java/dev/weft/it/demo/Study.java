package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.RefusedException;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteClient;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Recording;
import dev.weft.it.relay.Relays;
import dev.weft.it.training.FederatedTraining;
import dev.weft.it.training.Model;
import dev.weft.it.training.Update;
import dev.weft.it.training.Wisconsin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A federated study on a running federation: an aggregator, a coordinator and hospitals, each behind a relay, and the
 * rounds that they train.
 */
public final class Study implements AutoCloseable {

    /** The person who approves at the last hospital. */
    public static final String STEWARD = "dr-grant";

    private static final String[] POLICY = {
        "field code.digest public",
        "field environment.digest public",
        "field metric.accuracy open",
        "progress started on",
        "progress waiting on"
    };

    private final DemoOptions options;
    private final Relays relays;
    private final Federation federation;
    private final FederatedTraining training;
    private final Coordinator coordinator;
    private final List<Hospital> hospitals;
    private final List<RoundFacts> rounds = new ArrayList<>();
    private final List<String> approved = new ArrayList<>();

    private Study(
            DemoOptions options,
            Relays relays,
            Federation federation,
            FederatedTraining training,
            Coordinator coordinator,
            List<Hospital> hospitals) {
        this.options = options;
        this.relays = relays;
        this.federation = federation;
        this.training = training;
        this.coordinator = coordinator;
        this.hospitals = List.copyOf(hospitals);
    }

    /** Starts everything and returns when every node is ready. */
    public static Study start(DemoOptions options, Terminal terminal) {
        Relays relays = new Relays();
        Federation federation = Federation.create(options.dir(), "demo", Distribution.find(), relays);
        try {
            terminal.step(federation.aggregator().readyLine());
            List<Seat> seats = seats(options.sites());
            String last = seats.get(seats.size() - 1).name();
            Map<String, Path> stewards = new ConcurrentHashMap<>();
            List<SiteNode> nodes = federation.admit(seats, node -> {
                terminal.step(node.daemon().readyLine());
                if (node.name().equals(last)) {
                    stewards.put(last, node.addToken(STEWARD, "steward"));
                }
            });
            federation.nameWitnesses();
            terminal.step(nodes.size() + " members witness the log: what enough of them cosigned is final");
            return assemble(options, relays, federation, nodes, stewards);
        } catch (RuntimeException e) {
            federation.close();
            relays.close();
            throw e;
        }
    }

    private static Study assemble(
            DemoOptions options,
            Relays relays,
            Federation federation,
            List<SiteNode> nodes,
            Map<String, Path> stewards) {
        Wisconsin wisconsin = Wisconsin.load();
        FederatedTraining training =
                new FederatedTraining(wisconsin, options.sites(), options.rounds(), options.seed());
        Code code = Code.ofThisCheckout();
        Path files = options.dir().resolve("data");
        List<Hospital> hospitals = new ArrayList<>();
        for (int i = 0; i < options.sites(); i++) {
            SiteNode node = nodes.get(i + 1);
            Optional<Path> steward = Optional.ofNullable(stewards.get(node.name()));
            hospitals.add(new Hospital(node, i, training, wisconsin, files, code, steward));
        }
        Coordinator coordinator = new Coordinator(nodes.get(0), code, training.local());
        return new Study(options, relays, federation, training, coordinator, hospitals);
    }

    /** Plays one more round and returns what was done. */
    public void round(int number, Terminal terminal) {
        if (number == 1) {
            coordinator.prepare(training.global().digest().toString());
            hospitals.forEach(hospital -> hospital.prepare(1));
        }
        Optional<RoundFacts> before = rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() - 1));
        String inputModel = training.global().digest().toString();
        RoundFacts round = coordinator.begin(number, before, inputModel, names());
        Map<String, Hospital.Sent> sent = contribute(round, inputModel, terminal);
        List<Update> updates = sent.values().stream().map(Hospital.Sent::update).toList();
        Model global = training.aggregate(updates);
        coordinator.close(round, sent, global.digest().toString());
        hospitals.forEach(hospital -> hospital.evaluate(round, global));
        rounds.add(round);
        terminal.step("round %d of %d: %s, accuracy %s"
                .formatted(number, options.rounds(), Terminal.brief(round.outputModel()), accuracies(round)));
    }

    private Map<String, Hospital.Sent> contribute(RoundFacts round, String inputModel, Terminal terminal) {
        Map<String, Hospital.Sent> sent = new LinkedHashMap<>();
        for (Hospital hospital : hospitals) {
            if (round.number() == 1) {
                hospital.client()
                        .record(Json.object(
                                "kind",
                                "model",
                                "externalId",
                                "global-0",
                                "name",
                                "initial model",
                                "digest",
                                inputModel,
                                "from",
                                round.id()));
            }
            Hospital.Sent update = hospital.contribute(round, "global-" + (round.number() - 1));
            if (update.waited()) {
                approved.add(update.statement());
                terminal.step("round %d: the contribution of %s waited for its data steward; approved by %s"
                        .formatted(round.number(), hospital.name(), STEWARD));
            }
            sent.put(hospital.name(), update);
        }
        // The close names them: it must not overtake them on the way to the log.
        for (Hospital hospital : hospitals) {
            String statement = Objects.requireNonNull(sent.get(hospital.name())).statement();
            hospital.awaitDurable(statement);
            round.contributed(hospital.name(), statement);
        }
        return sent;
    }

    /** Whether the node holds a verified receipt for the statement. */
    static boolean durable(SiteClient client, String statement) {
        try {
            JsonObject told = client.statement(statement);
            return told.has("state") && told.get("state").getAsString().equals("durable");
        } catch (RefusedException e) {
            if (e.status() == 404) {
                return false;
            }
            throw e;
        }
    }

    public DemoOptions options() {
        return options;
    }

    public Federation federation() {
        return federation;
    }

    public Recording recording() {
        return relays.recording();
    }

    FederatedTraining training() {
        return training;
    }

    Coordinator coordinator() {
        return coordinator;
    }

    List<Hospital> hospitals() {
        return hospitals;
    }

    /** The hospital whose data changes from the middle round on. */
    Hospital changing() {
        return hospitals.get(training.changingSite());
    }

    List<RoundFacts> rounds() {
        return List.copyOf(rounds);
    }

    /** Digest string of the newest global model. */
    public String finalModel() {
        return training.global().digest().toString();
    }

    /** Statements that a steward let out. */
    List<String> approved() {
        return List.copyOf(approved);
    }

    /** The hospitals' names. */
    List<String> names() {
        return hospitals.stream().map(Hospital::name).sorted().toList();
    }

    @Override
    public void close() {
        federation.close();
        relays.close();
    }

    private static String accuracies(RoundFacts round) {
        StringBuilder text = new StringBuilder();
        round.accuracy()
                .forEach((member, value) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(member)
                        .append(' ')
                        .append(Terminal.percent(value)));
        return text.toString();
    }

    private static List<Seat> seats(int sites) {
        List<Seat> seats = new ArrayList<>();
        seats.add(Seat.coordinator("coordinator", POLICY));
        for (int i = 0; i < sites; i++) {
            List<String> policy = new ArrayList<>(List.of(POLICY));
            if (i == sites - 1) {
                policy.add("release contribution new-data");
            }
            seats.add(new Seat(hospital(i), "site", "Hospital " + hospital(i), policy));
        }
        return seats;
    }

    private static String hospital(int i) {
        return "hospital-" + (i < 26 ? String.valueOf((char) ('a' + i)) : String.valueOf(i + 1));
    }
}
