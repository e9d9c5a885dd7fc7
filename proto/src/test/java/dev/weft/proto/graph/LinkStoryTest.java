package dev.weft.proto.graph;

import static dev.weft.proto.TestFederation.hash;
import static dev.weft.proto.graph.Story.accepted;
import static dev.weft.proto.graph.Story.model;
import static dev.weft.proto.graph.Story.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.standing.LinkEpoch;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.RunKind;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hospitals that trained on the same public dataset, of which neither tells the aggregator the digest. */
class LinkStoryTest {
    private static final ContentDigest PUBLIC = ContentDigest.sha256(Digest.of(hash("a public dataset")));

    private final LinkingKey first = LinkingKey.generate(new SecureRandom());
    private final LinkingKey second = LinkingKey.generate(new SecureRandom());
    private Story story;
    private Author anna;
    private Author bert;

    @BeforeEach
    void begin() throws VerificationException {
        story = new Story();
        anna = story.site("anna");
        bert = story.site("bert");
    }

    private static LinkKey stated(int epoch, LinkingKey key) {
        return LinkKey.newBuilder()
                .setEpoch(epoch)
                .setCheck(key.check().toByteString())
                .build();
    }

    private static ArtifactRef linkable(LinkingKey key) {
        return ArtifactRef.newBuilder()
                .setKind(ArtifactKind.DATASET)
                .setLinkable(key.value("dataset", PUBLIC).toByteString())
                .build();
    }

    private Digest trained(int number, Optional<Digest> before, Author site, ArtifactRef dataset)
            throws VerificationException {
        Digest round = story.register(number, before, model("m" + (number - 1)));
        story.open(round, site);
        story.contribute(
                site,
                round,
                model("m" + (number - 1)),
                run(site.name() + "/" + number, RunKind.TRAIN)
                        .addInputs(dataset)
                        .build());
        story.close(round, model("m" + number), accepted(site));
        return round;
    }

    @Test
    void sameDatasetAtTwoSites_meetsInItsLinkableValue() throws VerificationException {
        Digest one = trained(1, Optional.empty(), anna, linkable(first));
        trained(2, Optional.of(one), bert, linkable(first));

        VertexRef content = VertexRef.content(linkable(first));
        assertThat(story.graph.linksTo(content))
                .filteredOn(link -> link.kind() == EdgeKind.SPECIALIZATION_OF)
                .extracting(Link::from)
                .containsExactlyInAnyOrder(
                        story.artifact(anna, linkable(first)), story.artifact(bert, linkable(first)));
    }

    @Test
    void keyThatRotated_isJoinedByTheSitesOwnWord() throws VerificationException {
        Digest one = trained(1, Optional.empty(), anna, linkable(first));
        trained(2, Optional.of(one), bert, linkable(second));
        story.say(
                anna,
                Alias.newBuilder()
                        .setOld(linkable(first))
                        .setNew(linkable(second))
                        .build());

        assertThat(story.refusal()).isEmpty();
        VertexRef annas = story.artifact(anna, linkable(second));
        assertThat(story.vertex(annas).getAuthor()).as("whose word it is").isEqualTo("anna");
        assertThat(story.madeFrom(annas)).contains(story.output(one));
        assertThat(story.graph.linksTo(VertexRef.content(linkable(second))))
                .extracting(Link::from)
                .contains(annas, story.artifact(bert, linkable(second)));
    }

    @Test
    void aliasOverAnothersOccurrence_joinsOnlyOnesOwn() throws VerificationException {
        trained(1, Optional.empty(), anna, linkable(first));
        story.say(
                bert,
                Alias.newBuilder()
                        .setOld(linkable(first))
                        .setNew(linkable(second))
                        .build());

        assertThat(story.graph.linksFrom(story.artifact(anna, linkable(first))))
                .noneMatch(link -> link.kind() == EdgeKind.ALTERNATE_OF);
    }

    @Test
    void firstKeyOfAnEpochInLogOrder_counts() throws VerificationException {
        story.say(anna, stated(1, first));
        assertThat(story.refusal()).isEmpty();
        story.say(bert, stated(1, second));
        assertThat(story.refusal()).contains(Reason.LINK_EPOCH_TAKEN);
        story.say(bert, stated(3, second));
        assertThat(story.refusal()).contains(Reason.OUT_OF_ORDER);
        Author auditor = story.join("auditor", Role.AUDITOR);
        story.say(auditor, stated(2, second));
        assertThat(story.refusal()).contains(Reason.ROLE_NOT_ALLOWED);
        story.say(bert, stated(2, second));
        assertThat(story.refusal()).isEmpty();

        assertThat(story.vertex(VertexRef.linkEpoch(1)).getAuthor()).isEqualTo("anna");
        assertThat(story.vertex(VertexRef.linkEpoch(2)).getAuthor()).isEqualTo("bert");
        assertThat(story.federation.standing().linkEpochs())
                .extracting(LinkEpoch::check)
                .containsExactly(first.check(), second.check());
        assertThat(story.federation.standing().copy().linkEpoch())
                .map(LinkEpoch::number)
                .contains(2);
    }
}
