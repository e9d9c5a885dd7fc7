package dev.weft.proto.graph;

import static dev.weft.proto.graph.Story.accepted;
import static dev.weft.proto.graph.Story.dataset;
import static dev.weft.proto.graph.Story.model;
import static dev.weft.proto.graph.Story.run;
import static dev.weft.proto.graph.Story.secret;
import static dev.weft.proto.graph.Story.takenFrom;
import static dev.weft.proto.graph.Story.training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.RunKind;
import dev.weft.proto.v1.VertexKind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lineage and impact, told as stories: whose word moves what. */
class LineageStoryTest {
    private static final String EMPTY_MODEL =
            "weft-model-v1:25bd88232c1e42e37ae582193e9d2a48abbf925e490feb55db02930f05bec023";

    private final Story story;
    private final Author anna;
    private final Author bert;
    private final Author mallory;

    LineageStoryTest() throws VerificationException {
        story = new Story();
        anna = story.site("anna");
        bert = story.site("bert");
        mallory = story.site("mallory");
    }

    @Test
    void impactOfADataset_startsAtTheRoundItEntered() throws VerificationException {
        Digest one = story.round(1, Optional.empty(), "m0", "m1", anna);
        Digest two = story.round(2, Optional.of(one), "m1", "m2", anna, bert);
        Digest three = story.round(3, Optional.of(two), "m2", "m3", anna);
        Set<VertexRef> made = story.madeFrom(story.artifact(bert, dataset(bert)));
        assertThat(made).contains(VertexRef.round(two), VertexRef.round(three), story.output(three));
        assertThat(made).doesNotContain(VertexRef.round(one), story.output(one));
        assertThat(story.behind(story.output(three)))
                .contains(VertexRef.round(one), story.artifact(anna, dataset(anna)));
        assertThat(story.input(two)).isEqualTo(story.output(one));
    }

    @Test
    void foreignPublication_isAnAssertionWithoutEffect() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        Set<VertexRef> lineage = story.behind(story.output(round));
        Set<VertexRef> impact = story.madeFrom(story.output(round));
        Digest claim = story.say(mallory, publication(round));
        assertThat(story.refusal()).contains(Reason.NOT_REGISTRANT);
        VertexRef ref = new VertexRef(VertexKind.PUBLICATION_VERTEX, claim);
        assertThat(story.vertex(ref).getFlagsList()).containsExactly(Flag.ASSERTION);
        assertThat(story.behind(story.output(round))).isEqualTo(lineage);
        assertThat(story.madeFrom(story.output(round))).isEqualTo(impact);
        assertThat(story.graph.linksFrom(ref))
                .allSatisfy(link -> assertThat(link.flags()).contains(Flag.ASSERTION));

        Digest real = story.say(story.coordinator, publication(round));
        assertThat(story.refusal()).isEmpty();
        assertThat(story.madeFrom(story.output(round))).contains(new VertexRef(VertexKind.PUBLICATION_VERTEX, real));
    }

    @Test
    void useFromAPublication_bindsToTheReleasedModel() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        Digest released = story.say(story.coordinator, publication(round));
        Digest evaluation = story.say(
                bert,
                Evaluation.newBuilder()
                        .setModel(takenFrom(model("m1"), released))
                        .build());
        assertThat(story.behind(new VertexRef(VertexKind.EVALUATION_VERTEX, evaluation)))
                .contains(story.output(round));
    }

    @Test
    void foreignRevocation_isAnAssertionWithoutEffect() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        for (ArtifactRef theirs : Set.of(dataset(anna), model("m1"))) {
            story.say(mallory, revocation(theirs));
            assertThat(story.refusal()).contains(Reason.NOT_OWNER);
        }
        assertThat(story.vertex(story.artifact(anna, dataset(anna))).getFlagsList())
                .isEmpty();
        assertThat(story.vertex(story.output(round)).getFlagsList()).isEmpty();
    }

    @Test
    void ownersRevocation_marksTheDataset_andItStaysInLineage() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        VertexRef data = story.artifact(anna, dataset(anna));
        Digest revoked = story.say(anna, revocation(dataset(anna)));
        assertThat(story.refusal()).isEmpty();
        assertThat(story.vertex(data).getFlagsList()).containsExactly(Flag.REVOKED);
        assertThat(story.behind(story.output(round))).contains(data);
        assertThat(story.graph.hasLink(
                        data, new VertexRef(VertexKind.REVOCATION_VERTEX, revoked), EdgeKind.WAS_INVALIDATED_BY))
                .isTrue();
    }

    @Test
    void runThatClaimsAnothersModel_doesNotChangeWhoseLineageIsTold() throws VerificationException {
        Digest one = story.round(1, Optional.empty(), "m0", "m1", anna);
        Digest two = story.register(2, Optional.of(one), model("m1"));
        story.open(two, anna, mallory);
        story.contribute(
                mallory,
                two,
                model("m1"),
                run("poison", RunKind.TRAIN)
                        .addInputs(dataset(mallory))
                        .addOutputs(model("m1"))
                        .addOutputs(model("m2"))
                        .build());
        story.contribute(anna, two, model("m1"), training(anna, 2));
        story.close(two, model("m2"), accepted(anna));

        assertThat(story.authors(story.behind(story.output(two)))).containsExactlyInAnyOrder("coordinator", "anna");
        Digest three = story.register(3, Optional.of(two), model("m2"));
        assertThat(story.input(three)).isEqualTo(story.output(two));
        assertThat(story.madeFrom(story.artifact(mallory, dataset(mallory))))
                .doesNotContain(VertexRef.round(two), VertexRef.round(three));
    }

    @Test
    void copiedCommitments_touchNothingOfTheirOwner() throws VerificationException {
        Digest round = story.opened(anna, mallory);
        story.contribute(
                mallory,
                round,
                model("start"),
                training(anna, 1).toBuilder()
                        .addOutputs(secret(ArtifactKind.DATASET, "prepared"))
                        .build());
        // The operator may have put the copy first: anna's word is about her own things all the same.
        Digest own = story.contribute(anna, round, model("start"), training(anna, 1));
        story.close(round, model("end"), accepted(anna));

        assertThat(story.authors(story.behind(story.output(round)))).containsExactlyInAnyOrder("coordinator", "anna");
        story.say(anna, revocation(dataset(anna)));
        assertThat(story.refusal()).isEmpty();
        VertexRef annas = VertexRef.copy(anna.name(), dataset(anna));
        assertThat(story.behind(VertexRef.contribution(own))).contains(annas);
        assertThat(story.vertex(annas).getFlagsList()).containsExactly(Flag.REVOKED);
        assertThat(story.graph.linksFrom(annas))
                .anySatisfy(link -> assertThat(link)
                        .isEqualTo(new Link(
                                annas,
                                story.artifact(mallory, dataset(anna)),
                                EdgeKind.ALTERNATE_OF,
                                link.entry(),
                                Set.of(Flag.ASSERTION))));
    }

    @Test
    void sameModelTwice_makesNoCycle() throws VerificationException {
        Digest one = story.round(1, Optional.empty(), "m0", "m0", anna);
        Digest two = story.round(2, Optional.of(one), "m0", "m0", anna);
        assertThat(story.input(two)).isEqualTo(story.output(one)).isNotEqualTo(story.input(one));
        assertThat(story.graph.edges())
                .noneSatisfy(edge -> assertThat(edge.getFlagsList()).contains(Flag.CYCLE));
        assertThat(story.madeFrom(story.output(two))).doesNotContain(VertexRef.round(one), VertexRef.round(two));
    }

    @Test
    void lateContributionThatWouldCloseACycle_isFlaggedAndNotWalked() throws VerificationException {
        Digest one = story.opened(anna);
        story.close(one, model("end"), accepted(anna));
        // Accepted in round one, and made from round one's output.
        Digest late = story.contribute(anna, one, takenFrom(model("end"), one), training(anna, 1));
        assertThat(story.graph.linksFrom(VertexRef.round(one)))
                .filteredOn(link -> link.to().equals(VertexRef.contribution(late)))
                .singleElement()
                .satisfies(link -> assertThat(link.flags()).containsExactly(Flag.CYCLE));
        assertThat(story.behind(story.output(one))).doesNotContain(VertexRef.contribution(late));
    }

    @Test
    void digestThatSeveralMade_bindsToTheFirstAndSaysSo() throws VerificationException {
        Digest round = story.opened(anna, bert, mallory);
        for (Author site : new Author[] {anna, bert}) {
            story.contribute(
                    site,
                    round,
                    model("start"),
                    run(site.name() + " run", RunKind.TRAIN)
                            .addOutputs(model("local"))
                            .build());
        }
        Digest foreign = story.say(
                mallory, Evaluation.newBuilder().setModel(model("local")).build());
        Digest own =
                story.say(bert, Evaluation.newBuilder().setModel(model("local")).build());
        assertThat(story.authors(story.behind(new VertexRef(VertexKind.EVALUATION_VERTEX, foreign))))
                .contains("anna")
                .doesNotContain("bert");
        assertThat(story.authors(story.behind(new VertexRef(VertexKind.EVALUATION_VERTEX, own))))
                .contains("bert")
                .doesNotContain("anna");
        VertexRef first = story.graph
                .firstGeneration(model("local").getDigest())
                .orElseThrow()
                .occurrence();
        assertThat(story.vertex(first).getFlagsList()).containsExactly(Flag.AMBIGUOUS);
    }

    @Test
    void unknownDigest_isAnOccurrenceOfItsOwn_flaggedUnresolved() throws VerificationException {
        Digest evaluation = story.say(
                anna, Evaluation.newBuilder().setModel(model("nowhere")).build());
        VertexRef used = VertexRef.occurrence(evaluation, "model");
        assertThat(story.vertex(used).getFlagsList()).containsExactly(Flag.UNRESOLVED);
        // Naming a digest does not make one its maker.
        assertThat(story.graph.firstGeneration(model("nowhere").getDigest())).isEmpty();
    }

    @Test
    void emptyModels_neverStitch() throws VerificationException {
        ArtifactRef empty = model("x").toBuilder().setDigest(EMPTY_MODEL).build();
        Digest round = story.register(1, Optional.empty(), empty);
        story.open(round, anna, bert);
        Digest annas = story.contribute(
                anna, round, empty, run("a", RunKind.TRAIN).addOutputs(empty).build());
        Digest berts = story.contribute(
                bert, round, empty, run("b", RunKind.TRAIN).addInputs(empty).build());
        assertThat(story.vertex(VertexRef.occurrence(annas, "input")).getFlagsList())
                .containsExactly(Flag.NEVER_STITCHES);
        assertThat(story.graph.vertex(VertexRef.content(EMPTY_MODEL))).isEmpty();
        assertThat(story.authors(story.behind(VertexRef.contribution(berts)))).containsExactly("bert");
    }

    @Test
    void alias_joinsTwoNamesOfOnesOwn_andNobodyElses() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        ArtifactRef renamed = secret(ArtifactKind.DATASET, "renamed");
        story.say(mallory, alias(dataset(anna), dataset(mallory)));
        assertThat(story.refusal()).contains(Reason.NOT_OWNER);
        story.say(anna, alias(dataset(anna), renamed));
        assertThat(story.refusal()).isEmpty();
        assertThat(story.madeFrom(story.artifact(anna, renamed))).contains(story.output(round));
        assertThat(story.behind(story.output(round))).contains(story.artifact(anna, renamed));
    }

    @Test
    void runSaidAgain_withItsOutputsInAnotherOrder_meansTheSameModels() throws VerificationException {
        Digest one = story.round(1, Optional.empty(), "m0", "m1", anna);
        Digest two = story.register(2, Optional.of(one), model("m1"));
        Digest three = story.register(3, Optional.of(two), model("x"));
        var ab = run("r", RunKind.TRAIN).addOutputs(model("a")).addOutputs(model("b"));
        var ba = run("r", RunKind.TRAIN).addOutputs(model("b")).addOutputs(model("a"));
        story.contribute(anna, two, model("m1"), ab.build());
        int vertices = story.graph.vertices().size();
        story.contribute(anna, three, model("x"), ba.build());
        assertThat(story.graph.vertices()).hasSize(vertices + 1);
    }

    private static Publication publication(Digest round) {
        return Publication.newBuilder()
                .setRound(round.toByteString())
                .setModel(model("m1"))
                .setVersion("v1")
                .build();
    }

    private static Revocation revocation(ArtifactRef artifact) {
        return Revocation.newBuilder()
                .setArtifact(artifact)
                .setReason(RevocationReason.CONSENT_WITHDRAWN)
                .build();
    }

    private static Alias alias(ArtifactRef old, ArtifactRef now) {
        return Alias.newBuilder().setOld(old).setNew(now).build();
    }
}
