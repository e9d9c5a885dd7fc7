package dev.weft.it.demo;

import com.google.gson.JsonObject;
import dev.weft.it.federation.Answers;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.relay.Wire;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.ImpactQuestion;
import dev.weft.proto.v1.ImpactSummary;
import dev.weft.proto.v1.LineageQuestion;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Question;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.RoundsQuestion;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.SiteInRound;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Vertex;
import dev.weft.proto.v1.VertexKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Looks at a finished study from outside and says what holds. */
final class Inspection {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Study study;
    private final Wire wire;

    private Inspection(Study study, Wire wire) {
        this.study = study;
        this.wire = wire;
    }

    /** Waits until everything that was stated is durable and projected, then reads what passed the relays. */
    static Inspection of(Study study) throws VerificationException {
        for (SiteNode node : study.federation().nodes()) {
            Await.until(
                    "delivery of all statements of " + node.name(),
                    LIMIT,
                    () -> node.client().statements("pending").isEmpty());
        }
        Wire wire = Wire.read(study.recording());
        long newest = study.rounds().stream()
                .flatMap(round -> round.statements().stream())
                .map(wire::index)
                .flatMap(Optional::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        Inspection inspection = new Inspection(study, wire);
        Await.until(
                "projection of all statements",
                LIMIT,
                () -> inspection.rounds().head().getProjected() > newest);
        return inspection;
    }

    Wire wire() {
        return wire;
    }

    /** The rounds as the federation's graph has them, asked at the coordinator. */
    Answers rounds() {
        return study.coordinator()
                .client()
                .ask(Question.newBuilder()
                        .setRounds(RoundsQuestion.newBuilder().setTrainingLine(Coordinator.TRAINING_LINE))
                        .build());
    }

    /** What stands behind the final model, asked at the last hospital, with proofs. */
    Answers lineage(boolean assertions) {
        return lineage(study.finalModel(), assertions);
    }

    Answers lineage(String model, boolean assertions) {
        List<Hospital> hospitals = study.hospitals();
        return hospitals
                .get(hospitals.size() - 1)
                .client()
                .ask(Question.newBuilder()
                        .setLineage(LineageQuestion.newBuilder().setOf(model))
                        .setProof(true)
                        .setAssertions(assertions)
                        .build());
    }

    Answers impact(String of, boolean assertions) {
        return study.coordinator()
                .client()
                .ask(Question.newBuilder()
                        .setImpact(ImpactQuestion.newBuilder().setOf(of))
                        .setAssertions(assertions)
                        .build());
    }

    Check everyRoundComplete() {
        List<RoundStatus> told = rounds().rounds();
        for (RoundFacts facts : study.rounds()) {
            Optional<RoundStatus> found =
                    told.stream().filter(r -> r.getNumber() == facts.number()).findFirst();
            Optional<String> wrong =
                    found.isEmpty() ? Optional.of("is not in the graph") : difference(facts, found.get());
            if (wrong.isPresent()) {
                return new Check("every-round-complete", false, "round " + facts.number() + " " + wrong.get());
            }
        }
        return new Check(
                "every-round-complete",
                told.size() == study.rounds().size(),
                told.size() + " rounds, each with every expected site accepted, as the coordinator's node tells them");
    }

    private Optional<String> difference(RoundFacts facts, RoundStatus told) {
        if (!HexFormat.of().formatHex(told.getId().toByteArray()).equals(facts.id())) {
            return Optional.of("has another id");
        }
        if (!told.getInputModel().equals(facts.inputModel())
                || !told.getOutputModel().equals(facts.outputModel())) {
            return Optional.of("names other models than were trained");
        }
        List<String> accepted = told.getSitesList().stream()
                .filter(site -> site.getState() == SiteState.SITE_ACCEPTED && site.getFlagsCount() == 0)
                .map(SiteInRound::getMember)
                .toList();
        if (!told.getComplete() || !accepted.equals(study.names())) {
            return Optional.of("is not complete: accepted without a flag are " + accepted);
        }
        return Optional.empty();
    }

    /** Every statement that any node calls durable has a receipt that verifies here too. */
    Check receiptsVerify() {
        int checked = 0;
        for (SiteNode node : study.federation().nodes()) {
            for (JsonObject statement : node.client().statements("durable")) {
                String id = statement.get("statement").getAsString();
                if (wire.index(id).isEmpty()) {
                    return new Check("receipts-verify", false, node.name() + " holds no receipt for " + id);
                }
                checked++;
            }
        }
        return new Check(
                "receipts-verify",
                checked > 0 && wire.submitted() == wire.receipts(),
                checked
                        + " statements, each with an inclusion proof to a checkpoint that the log key of genesis signed");
    }

    Check oneHeadEverywhere() {
        String head = Await.value("one head at every node", LIMIT, this::commonHead);
        return new Check("one-head-everywhere", true, head);
    }

    /** By the verdict of each node: the policy proved, the cosignatures counted. */
    Check finalEverywhere() {
        JsonObject told = Await.value("everything final at every node", LIMIT, this::commonFinal);
        return new Check(
                "final-by-its-witnesses",
                true,
                "size " + told.get("size").getAsLong() + ", cosigned by at least "
                        + told.get("k").getAsInt() + " of "
                        + told.get("organisations").getAsInt() + " organisations, as each node counted by itself");
    }

    private Optional<JsonObject> commonFinal() {
        long size = study.federation().aggregatorClient().status().get("size").getAsLong();
        List<JsonObject> told = study.federation().nodes().stream()
                .map(node -> node.client().status().getAsJsonObject("final"))
                .toList();
        boolean all =
                told.stream().allMatch(one -> one.has("k") && one.get("size").getAsLong() == size);
        return all ? Optional.of(told.get(0)) : Optional.empty();
    }

    private Optional<String> commonHead() {
        String head = head(study.federation().aggregatorClient().status());
        boolean same = study.federation().nodes().stream()
                .map(node -> node.client().status().getAsJsonObject("checkpoint"))
                .allMatch(checkpoint -> head(checkpoint).equals(head));
        return same ? Optional.of(head) : Optional.empty();
    }

    private static String head(JsonObject json) {
        return "size " + json.get("size").getAsLong() + ", root "
                + json.get("root").getAsString();
    }

    Check lineageNamesEverySite(Answers lineage) throws VerificationException {
        String name = "lineage-names-every-site";
        TreeSet<String> expected = new TreeSet<>(study.names());
        expected.add(study.coordinator().node().name());
        TreeSet<String> told = new TreeSet<>(members(lineage));
        if (!told.equals(expected)) {
            return new Check(name, false, "it names " + told + ", not " + expected);
        }
        for (String site : study.names()) {
            for (VertexKind kind : List.of(
                    VertexKind.DATASET_VERTEX,
                    VertexKind.CODE_VERTEX,
                    VertexKind.ENVIRONMENT_VERTEX,
                    VertexKind.RUN_VERTEX)) {
                if (of(lineage, kind).stream().noneMatch(v -> v.getAuthor().equals(site))) {
                    return new Check(name, false, "no " + kind + " of " + site);
                }
            }
        }
        int proofs = proofs(lineage);
        return new Check(
                name,
                lineage.holds() && proofs > 0,
                told.size() + " members, " + lineage.vertices().size() + " vertices, " + proofs
                        + " entries proved, by the node and again here");
    }

    /** Verifies every entry of an answer; returns how many there were. */
    int proofs(Answers answers) throws VerificationException {
        Checkpoint checkpoint = Checkpoint.open(answers.head().getCheckpoint(), wire.log());
        for (ProvenEntry entry : answers.entries()) {
            InclusionProof.parse(entry.getIndex(), checkpoint.head().size(), entry.getInclusionList())
                    .verify(MerkleMath.leafHash(entry.getEnvelope()), checkpoint.head());
        }
        return answers.entries().size();
    }

    /** The commitment that stands for the changing hospital's newer dataset version outside: from its own statement. */
    String changedDataset() {
        RoundFacts round = study.rounds().get(study.training().changeRound() - 1);
        String statement = round.contributions().get(study.changing().name());
        Contribution contribution = (Contribution) wire.statement(String.valueOf(statement))
                .orElseThrow()
                .statement()
                .predicate()
                .orElseThrow();
        Run prepare = contribution.getRunsList().stream()
                .filter(run -> run.getKind() == RunKind.PREPARE)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no preparation run in the contribution"));
        return prepare.getInputsList().stream()
                .filter(input -> input.getKind() == ArtifactKind.DATASET)
                .map(input -> HexFormat.of().formatHex(input.getCommitment().toByteArray()))
                .findFirst()
                .orElseThrow();
    }

    Check impactStartsAtRound(Answers impact) {
        int from = study.training().changeRound();
        List<String> models = study.rounds().stream()
                .filter(round -> round.number() >= from)
                .map(RoundFacts::outputModel)
                .toList();
        Optional<ImpactSummary> told = impact.end().getImpactList().stream()
                .filter(line -> line.getTrainingLine().equals(Coordinator.TRAINING_LINE))
                .findFirst();
        boolean holds = told.filter(line ->
                        line.getFirstRound() == from && line.getModelsList().equals(models))
                .isPresent();
        String detail = told.map(line ->
                        "round " + line.getFirstRound() + " on, " + line.getModelsCount() + " global models affected")
                .orElse("no global model is affected");
        return new Check("impact-starts-at-round", holds, detail + " (expected: round " + from + ")");
    }

    /** One waited for each dataset version and left when the steward had said yes; those after it left by policy. */
    Check stewardApproved() {
        Hospital last = study.hospitals().get(study.hospitals().size() - 1);
        List<JsonObject> approved = contributions(last, "approved");
        List<JsonObject> byPolicy = contributions(last, "automatic");
        int asked = last == study.changing() && study.training().changeRound() > 1 ? 2 : 1;
        boolean named = approved.stream()
                .allMatch(release -> release.get("decidedBy").getAsString().equals(Study.STEWARD));
        boolean counted = approved.size() == asked
                && study.approved().size() == asked
                && byPolicy.size() == study.rounds().size() - asked;
        boolean inLog = study.approved().stream().allMatch(id -> wire.index(id).isPresent());
        return new Check(
                "steward-approved",
                named && counted && inLog,
                approved.size() + (approved.size() == 1 ? " contribution of " : " contributions of ") + last.name()
                        + " waited; approved by " + Study.STEWARD + (inLog ? "; in the log; " : "; NOT IN THE LOG; ")
                        + byPolicy.size() + " on the same data then left by policy");
    }

    private static List<JsonObject> contributions(Hospital hospital, String state) {
        return hospital.client().releases(state).stream()
                .filter(release -> release.get("predicateType").getAsString().equals(PredicateType.CONTRIBUTION.uri()))
                .toList();
    }

    /** The members in an answer; the aggregator, whose word the memberships are, is none. */
    static List<String> members(Answers answers) {
        return answers.end().getMembersList().stream()
                .filter(name -> !name.equals(MemberName.AGGREGATOR.value()))
                .toList();
    }

    static List<Vertex> of(Answers answers, VertexKind kind) {
        List<Vertex> found = new ArrayList<>();
        answers.vertices().stream().filter(v -> v.getKind() == kind).forEach(found::add);
        return found;
    }
}
