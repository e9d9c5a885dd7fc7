package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Site;
import dev.weft.node.record.Recorded;
import dev.weft.proto.v1.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule {@code new-data}: the steward is asked once for each dataset version, and again when anything changes. */
class NewDataRuleTest {

    private static final String POLICY = """
            release contribution new-data
            release evaluation new-data
            field metric.accuracy open
            """;

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory, Role.SITE, POLICY);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void afterOneApproval_thoseOnTheSameDataGoByThemselves() throws Exception {
        Recorded first = TrainingAtASite.contribute(site);
        assertThat(first.release().waiting()).isTrue();
        Recorded second = contribute("round-2", "train");
        assertThat(second.release().waiting()).as("nobody has decided yet").isTrue();

        approve(first);

        Recorded third = contribute("round-3", "train");
        assertThat(third.release().waiting()).isFalse();
        assertThat(third.release().statements()).hasSize(1);
        assertThat(site.steward.waiting()).as("the second still does").isEqualTo(1);
    }

    @Test
    void newDataset_waitsAgain() throws Exception {
        approve(TrainingAtASite.contribute(site));
        site.record("{'kind': 'dataset', 'externalId': 'more', 'name': 'more', 'digest': '%s'}"
                .formatted(Site.digest("more rows")));
        site.record("{'kind': 'run', 'externalId': 'train-2', 'step': 'train', 'inputs': ['clean', 'more', 'global']}");

        Recorded recorded = contribute("round-2", "train-2");

        assertThat(recorded.release().waiting()).isTrue();
        assertThat(contribute("round-3", "train").release().waiting()).isFalse();
    }

    @Test
    void originThatIsRecordedAfterTheStewardLooked_isNotApproved() throws Exception {
        Recorded first = TrainingAtASite.contribute(site);
        site.record("{'kind': 'dataset', 'externalId': 'late', 'name': 'late', 'digest': '%s'}"
                .formatted(Site.digest("late rows")));
        site.record(
                "{'kind': 'run', 'externalId': 'prep-2', 'step': 'prepare', 'inputs': ['late'], 'outputs': ['clean']}");

        approve(first);

        assertThat(contribute("round-2", "train").release().waiting()).isTrue();
    }

    @Test
    void noDataset_alwaysWaits() throws Exception {
        approve(TrainingAtASite.contribute(site));
        site.record("{'kind': 'run', 'externalId': 'train-0', 'step': 'train', 'inputs': ['global']}");

        Recorded recorded = contribute("round-2", "train-0");
        assertThat(recorded.release().waiting()).isTrue();
        approve(recorded);

        assertThat(contribute("round-3", "train-0").release().waiting()).isTrue();
    }

    @Test
    void approvalOfAContribution_isNoneOfAnEvaluation() throws Exception {
        approve(TrainingAtASite.contribute(site));
        site.record("{'kind': 'run', 'externalId': 'measure', 'step': 'evaluate', 'inputs': ['clean', 'global']}");

        Recorded recorded = site.record("""
                {'kind': 'round', 'event': 'evaluation', 'externalId': 'e-1', 'round': '%s', 'run': 'measure', 'model': '%s'}
                """.formatted(Site.ROUND, TrainingAtASite.GLOBAL));

        assertThat(recorded.release().waiting()).isTrue();
    }

    @Test
    void refusal_endsWhatWasApproved() throws Exception {
        Recorded first = TrainingAtASite.contribute(site);
        Recorded second = contribute("round-2", "train");
        approve(first);

        Site.await(site.steward.refuse(second.release().releaseId().orElseThrow(), "a.lovelace", "consent ran out"));

        assertThat(contribute("round-3", "train").release().waiting()).isTrue();
    }

    @Test
    void withdrawnDataset_endsWhatWasApproved() throws Exception {
        approve(TrainingAtASite.contribute(site));

        site.record(
                "{'kind': 'revocation', 'externalId': 'w', 'artifact': 'wdbc-external-id', 'reason': 'consent-withdrawn'}");

        assertThat(contribute("round-2", "train").release().waiting()).isTrue();
    }

    @Test
    void otherPolicy_waitsAgainAndRestartDoesNot() throws Exception {
        approve(TrainingAtASite.contribute(site));
        site.reopen();
        assertThat(contribute("round-2", "train").release().waiting()).isFalse();
        site.close();

        site = Site.of(directory, Role.SITE, POLICY + "field metric.loss open\n");

        assertThat(contribute("round-3", "train").release().waiting())
                .as("more would leave than the steward saw")
                .isTrue();
    }

    private void approve(Recorded recorded) throws Exception {
        Site.await(site.steward.approve(recorded.release().releaseId().orElseThrow(), "a.lovelace"));
    }

    private Recorded contribute(String externalId, String run) {
        return site.record(
                TrainingAtASite.contribution().replace("round-1", externalId).replace("'train'", "'" + run + "'"));
    }
}
