package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.node.Site;
import dev.weft.node.record.Kind;
import dev.weft.node.record.Recorded;
import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Role;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dataset that other sites may have as well, told so that it meets and nobody outside can guess it. */
class LinkableTest {
    private static final String LINKABLE = "field dataset.digest linkable\nrelease alias automatic\n";
    private static final String EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path directory;

    private final LinkingKey first = LinkingKey.generate(new SecureRandom());
    private final LinkingKey second = LinkingKey.generate(new SecureRandom());

    @Test
    void withTheKey_equalDigestsHaveEqualValues_andThePreviewSaysWhoCanTryThem() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE + "release contribution steward")) {
            site.keys = held(1, first);
            Recorded asked = TrainingAtASite.contribute(site);

            Preview preview =
                    site.steward.show(asked.release().releaseId().orElseThrow()).orElseThrow();
            assertThat(preview.fates())
                    .filteredOn(fate -> fate.outcome() == Outcome.LINKED)
                    .extracting(fate -> fate.kind() + " " + fate.field())
                    .containsExactly("DATASET digest", "DATASET digest");
            assertThat(preview.json().get("guessing").getAsString())
                    .contains("members with the linking key")
                    .contains("can enumerate it")
                    .contains("whoever runs the aggregator cannot");
            assertThat(preview.json().getAsJsonArray("linked")).isNotEmpty();
            Site.await(site.steward.approve(asked.release().releaseId().orElseThrow(), "Dr. Steward"));

            Contribution said = (Contribution) said(site).get(0);
            assertThat(datasets(said)).contains(linkable(first, "raw rows"), linkable(first, "clean rows"));
            assertThat(site.sent().get(0).payload())
                    .doesNotContain(Site.sha256("raw rows").hex());
        }
    }

    @Test
    void withoutTheKey_aCommitmentStands_andAnAliasJoinsTheTwoWhenItIsThere() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE)) {
            TrainingAtASite.contribute(site);
            assertThat(datasets((Contribution) said(site).get(0))).allMatch(ArtifactRef::hasCommitment);
            compare(site);
            assertThat(said(site)).as("nothing to join yet").hasSize(1);

            site.keys = held(1, first);
            compare(site);

            List<Message> said = said(site);
            assertThat(said.subList(1, said.size()))
                    .hasSize(2)
                    .allSatisfy(alias -> {
                        assertThat(((Alias) alias).getOld().hasCommitment()).isTrue();
                        assertThat(((Alias) alias).getOld()).isIn(datasets((Contribution) said.get(0)));
                    })
                    .extracting(alias -> ((Alias) alias).getNew())
                    .containsExactlyInAnyOrder(linkable(first, "raw rows"), linkable(first, "clean rows"));
            compare(site);
            assertThat(said(site)).as("once").hasSize(3);
        }
    }

    @Test
    void whatIsEmpty_joinsNothing() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE)) {
            site.keys = held(1, first);
            site.record(
                    "{'kind': 'dataset', 'externalId': 'nothing', 'name': 'nothing', 'digest': '%s'}".formatted(EMPTY));
            site.record("{'kind': 'dataset', 'externalId': 'weak', 'name': 'ward list', 'weakDigest': 'md5:0123'}");
            site.record("{'kind': 'run', 'externalId': 'train', 'step': 'train', 'inputs': ['nothing', 'weak']}");
            site.record(TrainingAtASite.contribution());

            assertThat(datasets((Contribution) said(site).get(0))).hasSize(2).allMatch(ArtifactRef::hasCommitment);
        }
    }

    @Test
    void keyThatRotated_isFollowedByTheSitesOwnWord_andWhatWaitedIsMadeAnew() throws Exception {
        String policy = LINKABLE + "release evaluation steward\n";
        try (Site site = Site.of(directory, Role.SITE, policy)) {
            site.keys = held(1, first);
            TrainingAtASite.contribute(site);
            site.record("{'kind': 'dataset', 'externalId': 'new', 'name': 'new', 'digest': '%s'}"
                    .formatted(Site.digest("new rows")));
            site.record("{'kind': 'run', 'externalId': 'look', 'step': 'evaluate', 'inputs': ['new']}");
            Recorded waits = site.record("""
                    {'kind': 'round', 'event': 'evaluation', 'externalId': 'e', 'round': '%s', 'run': 'look',
                     'model': '%s'}""".formatted(Site.ROUND, TrainingAtASite.GLOBAL));
            long old = waits.release().releaseId().orElseThrow();
            assertThat(waiting(site)).extracting(Release::id).containsExactly(old);

            site.keys = held(2, second);
            compare(site);

            List<Message> said = said(site);
            assertThat(said.subList(1, 3))
                    .extracting(alias -> ((Alias) alias).getOld(), alias -> ((Alias) alias).getNew())
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(
                                    linkable(first, "raw rows"), linkable(second, "raw rows")),
                            org.assertj.core.groups.Tuple.tuple(
                                    linkable(first, "clean rows"), linkable(second, "clean rows")));
            Release anew = waiting(site).get(0);
            assertThat(anew.id()).isNotEqualTo(old);
            assertThat(site.steward
                            .show(old)
                            .orElseThrow()
                            .release()
                            .decided()
                            .orElseThrow()
                            .reason())
                    .contains("link epoch 2 is in force; made anew as release " + anew.id());
            assertThat(anew.body().toStringUtf8())
                    .contains(base64(linkable(second, "new rows")))
                    .doesNotContain(base64(linkable(first, "new rows")));
            Site.await(site.steward.approve(anew.id(), "Dr. Steward"));
            assertThat(said(site))
                    .as("a name never told under the old key needs no alias")
                    .hasSize(4);
        }
    }

    @Test
    void newEpochWhoseKeyIsMissing_takesTheOldKeyOutOfWhatWaits() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE + "release contribution steward")) {
            site.keys = held(1, first);
            TrainingAtASite.contribute(site);

            site.keys = LinkingKeys.NONE;
            remake(site, 2);

            assertThat(waiting(site).get(0).body().toStringUtf8()).doesNotContain("\"linkable\"");
        }
    }

    @Test
    void toldArtifact_keepsItsNameWhileTheNewKeyIsMissing() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE)) {
            site.keys = held(1, first);
            TrainingAtASite.contribute(site);
            site.keys = LinkingKeys.NONE;
            site.record(TrainingAtASite.contribution().replace("round-1", "round-2"));

            assertThat(datasets((Contribution) said(site).get(1))).contains(linkable(first, "raw rows"));
        }
    }

    @Test
    void closerClass_isJoinedOnlyByTheStewardsYes() throws Exception {
        try (Site site = Site.of(directory, Role.SITE, LINKABLE)) {
            site.keys = held(1, first);
            TrainingAtASite.contribute(site);
            site.reopen("field dataset.digest private\nrelease alias automatic\n");
            compare(site);

            assertThat(said(site)).as("nothing by itself").hasSize(1);
            List<Release> waiting = waiting(site);
            assertThat(waiting).hasSize(2);
            Site.await(site.steward.refuse(waiting.get(0).id(), "Dr. Steward", "stays apart"));
            Site.await(site.steward.approve(waiting.get(1).id(), "Dr. Steward"));
            compare(site);
            assertThat(waiting(site)).as("asked once").isEmpty();
        }
    }

    @Test
    void ruleForALabel_keepsAnAliasFromNamingWhatAStatementKeptBack() throws Exception {
        String policy = "field code.digest private\nlabel rare field code.digest private\n";
        try (Site site = Site.of(directory, Role.SITE, policy)) {
            site.keys = held(1, first);
            TrainingAtASite.contribute(site);
            site.reopen("release alias automatic\nfield code.digest linkable\nlabel rare field code.digest private\n");
            compare(site);

            assertThat(said(site)).hasSize(1);
            assertThat(waiting(site))
                    .extracting(release -> site.steward.show(release.id()).orElseThrow().fates().stream()
                            .filter(fate -> fate.outcome() == Outcome.LINKED)
                            .map(Fate::kind)
                            .toList())
                    .containsExactly(List.of(Kind.CODE));
        }
    }

    private static LinkingKeys held(int epoch, LinkingKey key) {
        return () -> Optional.of(new LinkingKeys.Held(epoch, key));
    }

    /** What the node does when its linking key or its policy is another one. */
    private static void compare(Site site) {
        int epoch = site.keys.current().map(LinkingKeys.Held::epoch).orElse(0);
        remake(site, epoch);
        Optional<Long> last = Optional.of(-1L);
        while (last.isPresent()) {
            long above = last.get();
            last = Site.await(site.recorder.transact(transaction -> site.linking.alias(transaction, above)));
        }
    }

    private static void remake(Site site, int epoch) {
        int unused = Site.await(site.recorder.transact(transaction -> site.linking.remake(transaction, epoch)));
    }

    private static List<Release> waiting(Site site) throws Exception {
        return site.steward.list(Optional.of(Release.State.WAITING), 0, 100);
    }

    private static List<Message> said(Site site) throws Exception {
        return site.sent().stream()
                .map(sent -> sent.envelope().statement().predicate().orElseThrow())
                .toList();
    }

    private static List<ArtifactRef> datasets(Contribution said) {
        return said.getRunsList().stream()
                .flatMap(run ->
                        java.util.stream.Stream.concat(run.getInputsList().stream(), run.getOutputsList().stream()))
                .filter(ref -> ref.getKind() == ArtifactKind.DATASET)
                .toList();
    }

    private static ArtifactRef linkable(LinkingKey key, String text) {
        ByteString value =
                key.value("dataset", ContentDigest.sha256(Site.sha256(text))).toByteString();
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.DATASET)
                .setLinkable(value)
                .build();
    }

    private static String base64(ArtifactRef ref) {
        return java.util.Base64.getEncoder().encodeToString(ref.getLinkable().toByteArray());
    }
}
