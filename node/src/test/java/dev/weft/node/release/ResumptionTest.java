package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Site;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.deliver.DeliveredStatement;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.deliver.RestateStore;
import dev.weft.node.record.Recorded;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says first once it may sign again. */
class ResumptionTest {

    @TempDir
    Path directory;

    @Test
    void undeliveredRound_isStatedAgain_andWhatNamesItFollowsToItsNewId() throws Exception {
        try (Site site = Site.of(directory, Role.COORDINATOR, "")) {
            Digest registered = site.record("""
                    {'kind': 'round', 'event': 'register', 'trainingLine': 'study', 'number': 1,
                     'inputModel': '%s', 'externalId': 'r'}""".formatted(TrainingAtASite.GLOBAL))
                    .release()
                    .statements()
                    .get(0);
            Recorded opened = site.record(
                    "{'kind': 'round', 'event': 'open', 'round': '%s', 'expected': ['hospital-a'], 'externalId': 'o'}"
                            .formatted(registered.hex()));
            Outbox next = nextIncarnation(site, 0);

            Resumption.Resumed resumed = resume(site, next);

            assertThat(resumed).isEqualTo(new Resumption.Resumed(2, 0));
            List<DeliveredStatement> again = statements(site, next);
            Round register = (Round) predicate(again.get(0));
            assertThat(register.getHeader().getIncarnation()).isEqualTo(1);
            assertThat(register.getRegister().getTrainingLine()).isEqualTo("study");
            assertThat(((Round) predicate(again.get(1))).getOpen().getRound())
                    .isEqualTo(again.get(0).statement().toByteString())
                    .isNotEqualTo(registered.toByteString());
            assertThat(Site.await(site.recorder.transact(
                                    transaction -> ReleaseStore.ofRecord(transaction.connection(), opened.id())))
                            .get(0)
                            .statement())
                    .contains(again.get(1).statement());
            assertThat(old(site, registered).state()).isEqualTo(DeliveredStatement.State.REFUSED);
            assertThat(old(site, registered).refusal().orElseThrow().message())
                    .contains("stated again as " + again.get(0).statement().hex());
            assertThat(resume(site, next)).as("once").isEqualTo(new Resumption.Resumed(0, 0));
        }
    }

    @Test
    void whatTheLogHolds_isNotStatedAgain() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);
            Outbox next = nextIncarnation(site, 1);
            assertThat(resume(site, next).restated()).isZero();
        }
    }

    @Test
    void heldContribution_isReleasedByPolicy_orLeftToTheStewardWherePolicyChanged() throws Exception {
        try (Site site = Site.of(directory)) {
            TrainingAtASite.contribute(site);
            Files.delete(directory.resolve("node.anchor"));
            site.reopen();
            Recorded held = site.record(
                    TrainingAtASite.contribution().replace("round-1", "round-2").replace(Site.ROUND, "33".repeat(32)));
            Recorded later = site.record(
                    TrainingAtASite.contribution().replace("round-1", "round-3").replace(Site.ROUND, "44".repeat(32)));
            assertThat(held.release().waiting()).isTrue();
            Site.await(site.recorder.transact(transaction -> {
                ReleaseStore.wait(
                        transaction.connection(), later.release().releaseId().orElseThrow());
                return true;
            }));
            Outbox next = nextIncarnation(site, 1);

            assertThat(resume(site, next)).isEqualTo(new Resumption.Resumed(0, 1));

            Release released = site.steward.list(Optional.of(Release.State.AUTOMATIC), 0, 10).stream()
                    .filter(release -> release.record() == held.id())
                    .findFirst()
                    .orElseThrow();
            assertThat(released.decided().orElseThrow().by()).isEqualTo("policy");
            assertThat(statements(site, next))
                    .extracting(DeliveredStatement::statement)
                    .containsExactly(released.statement().orElseThrow());
            assertThat(site.steward.waiting()).isEqualTo(1);
        }
    }

    private static Outbox nextIncarnation(Site site, long appended) throws Exception {
        Site.await(site.database.writer().submit(connection -> {
            RestateStore.end(connection, 0, appended, Instant.EPOCH);
            return true;
        }));
        return new Outbox(new AuthorState(1, 0, site.membership, TreeHead.EMPTY));
    }

    private static Resumption.Resumed resume(Site site, Outbox next) throws Exception {
        NodeAnchor anchor = NodeAnchor.open(site.database, site.federation, next::authorState);
        Author author = new Author(
                site.federation,
                "demo/log/1",
                new MemberName("hospital-a"),
                Role.COORDINATOR,
                site.key,
                Optional.empty(),
                EnvelopeOpener.LIMITS);
        Resumption resumption = new Resumption(
                author, ReleasePolicy.parse("", "release.policy"), next, anchor, c -> TreeHead.EMPTY, site.clock);
        return Site.await(site.recorder.transact(resumption::run));
    }

    private static List<DeliveredStatement> statements(Site site, Outbox outbox) throws Exception {
        try (Connection connection = site.database.readers().getConnection()) {
            return outbox.list(connection, Optional.empty(), -1, 100);
        }
    }

    private static DeliveredStatement old(Site site, Digest statement) throws Exception {
        try (Connection connection = site.database.readers().getConnection()) {
            return site.outbox.find(connection, statement).orElseThrow();
        }
    }

    private static com.google.protobuf.Message predicate(DeliveredStatement statement) throws Exception {
        Statement said = EnvelopeOpener.open(statement.envelope()).statement();
        return said.predicate().orElseThrow();
    }
}
