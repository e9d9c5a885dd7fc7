package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.weft.node.Site;
import dev.weft.node.record.Recorded;
import dev.weft.node.release.Release.State;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.Role;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A steward approves one statement and what is like it; everything else still waits. */
class PatternTest {

    private static final String POLICY = "release contribution steward\nrelease publication steward\n";

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.of(directory, Role.SITE, POLICY);
        long id = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();
        Site.await(site.steward.approveAhead(id, "dr-grant"));
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    private Recorded contribute(String id, String run) {
        return site.record(TrainingAtASite.contribution()
                .replace("'round-1'", "'" + id + "'")
                .replace("'train'", "'" + run + "'"));
    }

    private void run(String id, String inputs, String metrics) {
        site.record("{'kind': 'run', 'externalId': '%s', 'step': 'train', 'inputs': %s, 'metrics': %s}"
                .formatted(id, inputs, metrics));
    }

    @Test
    void sameDataAndFields_goOutInThatPersonsName() throws Exception {
        run("again", "['clean', 'global']", "{'accuracy': 0.95}");
        Recorded next = contribute("round-2", "again");

        assertThat(next.release().waiting()).isFalse();
        assertThat(site.sent()).hasSize(2);
        Release released = site.steward.list(Optional.of(State.AUTOMATIC), 0, 9).get(0);
        assertThat(released.decided().orElseThrow().reason())
                .contains("pattern 1, approved by dr-grant with release 1");
    }

    @Test
    void anotherField_waits() throws Exception {
        run("more", "['clean', 'global']", "{'accuracy': 0.95, 'deaths': 4}");

        assertThat(contribute("round-2", "more").release().waiting()).isTrue();
        assertThat(site.sent()).hasSize(1);
    }

    @Test
    void otherDataOrNone_waits() throws Exception {
        site.record("{'kind': 'dataset', 'externalId': 'new', 'name': 'new', 'digest': '%s'}"
                .formatted(Site.digest("new rows")));
        run("mixed", "['clean', 'new']", "{}");
        run("nothing", "['global']", "{}");

        assertThat(contribute("round-2", "mixed").release().waiting()).isTrue();
        assertThat(contribute("round-3", "nothing").release().waiting()).isTrue();
        assertThat(Site.refusal(site.steward.approveAhead(3, "dr-grant"))).isEqualTo(Reason.BAD_VALUE);
        assertThat(site.steward.show(3).orElseThrow().release().state())
                .as("refused whole: nothing was approved")
                .isEqualTo(State.WAITING);
    }

    @Test
    void endedPattern_letsNothingOut() throws Exception {
        Pattern ended = Site.await(site.steward.endPattern(1, "dr-chen"));

        assertThat(ended.ended().orElseThrow().by()).isEqualTo("dr-chen");
        run("again", "['clean', 'global']", "{'accuracy': 0.95}");
        assertThat(contribute("round-2", "again").release().waiting()).isTrue();
        assertThat(Site.refusal(site.steward.endPattern(1, "dr-chen"))).isEqualTo(Reason.DECISION_TAKEN);
        assertThat(Site.refusal(site.steward.endPattern(7, "dr-chen"))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void refusalOrWithdrawalOnTheData_endsIt() throws Exception {
        run("more", "['clean', 'global']", "{'deaths': 4}");
        long other = contribute("round-2", "more").release().releaseId().orElseThrow();
        Site.await(site.steward.refuse(other, "dr-grant", "not that"));
        assertThat(site.steward.patterns().get(0).ended().orElseThrow().by()).isEqualTo("refusal of release " + other);

        run("again", "['clean', 'global']", "{'accuracy': 0.95}");
        long third = contribute("round-3", "again").release().releaseId().orElseThrow();
        Site.await(site.steward.approveAhead(third, "dr-grant"));
        site.record("{'kind': 'revocation', 'artifact': 'wdbc-external-id', 'reason': 'consent-withdrawn'}");
        assertThat(site.steward.patterns().get(1).ended().orElseThrow().by()).isEqualTo("its withdrawal");
    }

    @Test
    void anotherPolicy_endsWhatWasApprovedUnderThisOne() throws Exception {
        site.close();
        site = Site.of(directory, Role.SITE, POLICY + "field metric.accuracy open\n");
        run("again", "['clean', 'global']", "{'accuracy': 0.95}");

        assertThat(contribute("round-2", "again").release().waiting()).isTrue();
    }

    @Test
    void preview_saysWhatTheFederationWasNotToldBefore() throws Exception {
        run("more", "['clean', 'global']", "{'deaths': 4}");
        long id = contribute("round-2", "more").release().releaseId().orElseThrow();

        JsonObject preview = site.steward.show(id).orElseThrow().json();

        assertThat(preview.get("new").toString()).contains("metric.deaths").doesNotContain("dataset");
        assertThat(preview.get("committed").toString()).contains("dataset");
        assertThat(preview.get("seenBy").getAsString()).contains("every member").contains("auditors");
        JsonObject done = site.steward.show(1).orElseThrow().json();
        assertThat(done.getAsJsonArray("new")).as("it is told").isEmpty();
    }
}
