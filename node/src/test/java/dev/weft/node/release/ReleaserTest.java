package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Site;
import dev.weft.node.record.Kind;
import dev.weft.node.record.Recorded;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaserTest {

    private static final String OPEN_POLICY = """
            field code.digest public
            field environment.digest public
            field metric.accuracy open
            field metric.loss withheld
            field parameter.* withheld
            """;

    @TempDir
    Path directory;

    @Test
    void contribution_isSignedInTheSameTransaction() throws Exception {
        try (Site site = Site.of(directory)) {
            Recorded recorded = TrainingAtASite.contribute(site);

            assertThat(recorded.release().waiting()).isFalse();
            Site.Sent sent = site.sent().get(0);
            assertThat(recorded.release().statements())
                    .containsExactly(sent.envelope().statement().id());
            Header header = sent.envelope().statement().header();
            assertThat(header.getAuthor()).isEqualTo("hospital-a");
            assertThat(header.getSeq()).isZero();
            assertThat(header.getPrev()).isEqualTo(site.membership.toByteString());
            assertThat(header.getRecordedAt()).isEqualTo("2026-11-21T08:00:00.000Z");
            assertThat(header.getSiteHead().getSize())
                    .as("the record and its decision")
                    .isEqualTo(recorded.id() + 2);
            StoredRecord decision = site.records.find(recorded.id() + 1).orElseThrow();
            assertThat(decision.kind()).isEqualTo(Kind.DECISION);
            assertThat(decision.value("by").orElseThrow().display()).isEqualTo("policy");
            assertThat(site.anchor.anchoredNextSeq()).isEqualTo(1);
        }
    }

    @Test
    void byDefault_nothingRawLeaves() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);

            Site.Sent sent = site.sent().get(0);
            assertThat(sent.openings()).isEmpty();
            assertThat(sent.payload()).contains(TrainingAtASite.GLOBAL, TrainingAtASite.SENT);
            for (String secret : TrainingAtASite.SECRETS) {
                assertThat(sent.payload()).doesNotContain(secret);
            }
        }
    }

    @Test
    void contribution_namesTheWholeLocalClosure() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);

            Contribution said = contribution(site);
            assertThat(said.getInputModel().getDigest()).isEqualTo(TrainingAtASite.GLOBAL);
            assertThat(said.getInputModel().getFrom())
                    .isEqualTo(Digest.fromHex(TrainingAtASite.CLOSE).toByteString());
            assertThat(said.getRunsList()).extracting(Run::getKind).containsExactly(RunKind.PREPARE, RunKind.TRAIN);
            Run prepare = said.getRuns(0);
            Run train = said.getRuns(1);
            assertThat(prepare.getInputsList()).containsExactly(committed(site, "wdbc-external-id"));
            assertThat(prepare.getOutputsList()).containsExactly(committed(site, "clean"));
            assertThat(train.getInputs(0)).isEqualTo(prepare.getOutputs(0));
            assertThat(train.getInputs(1).getDigest()).isEqualTo(TrainingAtASite.GLOBAL);
            assertThat(train.getCode(0)).isEqualTo(prepare.getCode(0));
            assertThat(train.getEnvironmentCount()).isEqualTo(1);
            assertThat(train.getParametersList())
                    .as("a name that a statement cannot say stays")
                    .extracting(CommittedField::getName)
                    .containsExactly("parameter.optimiser");
            assertThat(said.getSummariesList())
                    .extracting(CommittedField::getName)
                    .containsExactly("metric.accuracy", "metric.auc", "metric.loss");
            assertThat(said.getPrivacy(0).getParameters(0).getName()).isEqualTo("privacy.0.parameter.epsilon");
        }
    }

    private static ArtifactRef committed(Site site, String externalId) throws Exception {
        StoredRecord record = site.records.resolve(externalId).orElseThrow();
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.DATASET)
                .setCommitment(
                        record.body().field("digest").orElseThrow().commitment().toByteString())
                .build();
    }

    private static Contribution contribution(Site site) throws Exception {
        return (Contribution) predicate(site.sent().get(0));
    }

    private static com.google.protobuf.Message predicate(Site.Sent sent) {
        return sent.envelope().statement().predicate().orElseThrow();
    }

    @Test
    void sameArtifact_hasTheSameNameInEveryRound() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);
            site.record(
                    TrainingAtASite.contribution().replace("round-1", "round-2").replace(Site.ROUND, "33".repeat(32)));

            Contribution first = (Contribution) predicate(site.sent().get(0));
            Contribution second = (Contribution) predicate(site.sent().get(1));
            assertThat(second.getRunsList()).isEqualTo(first.getRunsList());
            assertThat(second.getUpdate()).isNotEqualTo(first.getUpdate());
        }
    }

    @Test
    void policyClasses_giveTheirForms() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, OPEN_POLICY)) {
            TrainingAtASite.contribute(site);

            Contribution said = contribution(site);
            Run train = said.getRuns(1);
            assertThat(train.getCode(0).getDigest()).isEqualTo(Site.digest("code"));
            assertThat(train.getEnvironment(0).getDigest()).isEqualTo(Site.digest("python"));
            assertThat(train.getParametersList()).isEmpty();
            assertThat(said.getPrivacy(0).getParametersList()).isEmpty();
            assertThat(said.getSummariesList())
                    .extracting(CommittedField::getName)
                    .containsExactly("metric.accuracy", "metric.auc");
            Site.Sent sent = site.sent().get(0);
            assertThat(sent.openings()).extracting(Opening::getName).containsExactly("metric.accuracy");
            Opening opening = sent.openings().get(0);
            assertThat(opening.getCommitment()).isEqualTo(said.getSummaries(0).getCommitment());
            Commitment.verify(
                    Digest.of(opening.getCommitment()),
                    Salt.of(opening.getSalt()),
                    opening.getName(),
                    opening.getValue());
            assertThat(sent.payload()).doesNotContain("0.9473684210526");
        }
    }

    @Test
    void withheldArtifact_isNotNamed() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, "field dataset.digest withheld\nfield model.digest withheld")) {
            TrainingAtASite.contribute(site);

            Contribution said = contribution(site);
            assertThat(said.getRuns(0).getInputsList()).isEmpty();
            assertThat(said.getRuns(1).getInputsList()).isEmpty();
            assertThat(said.getInputModel().getCommitment())
                    .as("a contribution cannot do without its model")
                    .hasSize(32);
        }
    }

    @Test
    void theSameContributionAgain_isNotSignedAgain() throws Exception {
        try (Site site = Site.of(directory)) {
            Recorded first = TrainingAtASite.contribute(site);
            site.reopen();

            Recorded again = site.record(TrainingAtASite.contribution());

            assertThat(again.duplicate()).isTrue();
            assertThat(again.release()).isEqualTo(first.release());
            assertThat(site.sent()).hasSize(1);
        }
    }

    @Test
    void evaluation_namesTheRunAndItsMetrics() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.prepare(site);
            site.record("{'kind': 'run', 'externalId': 'eval', 'step': 'evaluate', 'inputs': ['clean', 'global'],"
                    + " 'metrics': {'accuracy': 1}}");
            site.record("{'kind': 'round', 'event': 'evaluation', 'round': '%s', 'run': 'eval', 'model': '%s'}"
                    .formatted(Site.ROUND, TrainingAtASite.GLOBAL));

            Evaluation said = (Evaluation) predicate(site.sent().get(0));
            assertThat(said.getModel().getDigest()).isEqualTo(TrainingAtASite.GLOBAL);
            assertThat(said.getModel().getFrom()).hasSize(32);
            assertThat(said.getRunsList()).extracting(Run::getKind).containsExactly(RunKind.PREPARE, RunKind.EVALUATE);
            assertThat(said.getSummariesList()).hasSize(1);
        }
    }

    @Test
    void revocation_namesTheArtifactAsBefore() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);
            site.record("{'kind': 'revocation', 'artifact': 'wdbc-external-id', 'reason': 'consent-withdrawn'}");

            Revocation said = (Revocation) predicate(site.sent().get(1));
            assertThat(said.getArtifact())
                    .isEqualTo(contribution(site).getRuns(0).getInputs(0));
            assertThat(said.getReason()).isEqualTo(RevocationReason.CONSENT_WITHDRAWN);
            assertThat(site.refusal("{'kind': 'revocation', 'artifact': 8, 'reason': 'other'}"))
                    .as("record 8 is the contribution")
                    .isEqualTo(Reason.UNKNOWN_REFERENCE);
        }
    }

    @Test
    void progress_isToldOnlyIfPolicySaysSo() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, "progress started on")) {
            site.record("{'kind': 'round', 'event': 'started', 'round': '%s'}".formatted(Site.ROUND));
            site.record("{'kind': 'round', 'event': 'declined', 'round': '%s'}".formatted(Site.ROUND));

            assertThat(site.sent()).hasSize(1);
            assertThat(((Progress) predicate(site.sent().get(0))).getState()).isEqualTo(ProgressState.STARTED);
        }
    }

    @Test
    void close_saysHundredThirtyUpdatesInThreeParts() throws Exception {
        try (Site site = Site.of(directory, Role.COORDINATOR, "")) {
            List<String> received = new ArrayList<>();
            for (int n = 0; n < 130; n++) {
                received.add("{'member': 'site-%d', 'wireDigest': '%s', 'verdict': 'accepted', 'weight': %d.5}"
                        .formatted(n, Site.digest("update " + n), n));
            }
            Recorded recorded = site.record(
                    "{'kind': 'round', 'event': 'close', 'round': '%s', 'received': [%s], 'outputModel': '%s'}"
                            .formatted(Site.ROUND, String.join(",", received), TrainingAtASite.GLOBAL));

            List<Site.Sent> sent = site.sent();
            assertThat(sent).hasSize(4);
            assertThat(recorded.release().statements())
                    .containsExactlyElementsOf(sent.stream()
                            .map(each -> each.envelope().statement().id())
                            .toList());
            List<Integer> sizes = new ArrayList<>();
            for (Site.Sent part : sent.subList(0, 3)) {
                sizes.add(((Round) predicate(part)).getClosePart().getReceivedCount());
                assertThat(part.payload()).doesNotContain("129.5");
            }
            assertThat(sizes).containsExactly(64, 64, 2);
            Round close = (Round) predicate(sent.get(3));
            assertThat(close.getClose().getPartsList())
                    .containsExactlyElementsOf(sent.subList(0, 3).stream()
                            .map(part -> part.envelope().statement().id().toByteString())
                            .toList());
            assertThat(((Round) predicate(sent.get(2)))
                            .getClosePart()
                            .getReceived(1)
                            .getArrival())
                    .isEqualTo(129);
            assertThat(((Round) predicate(sent.get(2)))
                            .getClosePart()
                            .getReceived(1)
                            .getWeight())
                    .hasSize(32);
        }
    }

    @Test
    void closeThatCannotBeSaid_leavesNothing() throws Exception {
        try (Site site = Site.of(directory, Role.COORDINATOR, "")) {
            String twice = "{'member': 'a', 'wireDigest': '%s', 'verdict': 'accepted'}".formatted(Site.digest("u"));

            assertThat(site.refusal(
                            "{'kind': 'round', 'event': 'close', 'round': '%s', 'received': [%s, %s], 'failure': 'late'}"
                                    .formatted(Site.ROUND, twice, twice)))
                    .isEqualTo(Reason.DUPLICATE);

            assertThat(site.records.count()).isZero();
            assertThat(site.sent()).isEmpty();
            assertThat(site.record("{'kind': 'permit', 'name': 'next'}").id()).isZero();
        }
    }

    @Test
    void roundsAreForCoordinators_andNothingForAuditors() throws Exception {
        String register =
                "{'kind': 'round', 'event': 'register', 'trainingLine': 'wdbc', 'number': 1, 'inputModel': '%s'}"
                        .formatted(TrainingAtASite.GLOBAL);
        try (Site site = Site.of(directory)) {
            assertThat(site.refusal(register)).isEqualTo(Reason.ROLE_NOT_ALLOWED);
        }
        try (Site auditor = Site.of(java.nio.file.Files.createDirectory(directory.resolve("b")), Role.AUDITOR, "")) {
            assertThat(auditor.refusal("{'kind': 'round', 'event': 'started', 'round': '%s'}".formatted(Site.ROUND)))
                    .isEqualTo(Reason.ROLE_NOT_ALLOWED);
        }
        try (Site coordinator =
                Site.of(java.nio.file.Files.createDirectory(directory.resolve("c")), Role.COORDINATOR, "")) {
            Recorded registered = coordinator.record(register);
            String round = registered.release().statements().get(0).hex();
            coordinator.record("{'kind': 'round', 'event': 'open', 'round': '%s', 'expected': ['site-b', 'site-a']}"
                    .formatted(round));
            Round open = (Round) predicate(coordinator.sent().get(1));
            assertThat(open.getOpen().getExpectedList()).containsExactly("site-a", "site-b");
            assertThat(coordinator.records.list(Optional.of(Kind.ROUND), -1, 9)).hasSize(2);
        }
    }

    @Test
    void refusalInTheMiddle_doesNotWedgeTheSequence() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.prepare(site);
            assertThat(site.refusal(TrainingAtASite.contribution().replace("'train'", "'nobody'")))
                    .isEqualTo(Reason.UNKNOWN_REFERENCE);
            assertThat(site.refusal(TrainingAtASite.contribution().replace("'train'", "'clean'")))
                    .isEqualTo(Reason.UNKNOWN_REFERENCE);
            site.record(TrainingAtASite.contribution());
            site.record("{'kind': 'revocation', 'artifact': 'clean', 'reason': 'data-error'}");

            assertThat(site.sent()).hasSize(2);
        }
    }
}
