package dev.weft.proto.graph;

import static dev.weft.proto.TestFederation.hash;
import static dev.weft.proto.graph.Story.accepted;
import static dev.weft.proto.graph.Story.contribution;
import static dev.weft.proto.graph.Story.model;
import static dev.weft.proto.graph.Story.opening;
import static dev.weft.proto.graph.Story.received;
import static dev.weft.proto.graph.Story.registration;
import static dev.weft.proto.graph.Story.training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.EdgeKind;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.RoundStatus;
import dev.weft.proto.v1.SiteState;
import dev.weft.proto.v1.Verdict;
import dev.weft.proto.v1.VertexKind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rounds, told as stories: who was expected, what came, and whose word counts. */
class RoundStoryTest {
    private final Story story;
    private final Author anna;
    private final Author bert;

    RoundStoryTest() throws VerificationException {
        story = new Story();
        anna = story.site("anna");
        bert = story.site("bert");
    }

    @Test
    void cleanRound_namesItsSitesItsInputAndItsOutput() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "start", "end", anna, bert);

        RoundStatus status = story.status(round);
        assertThat(status.getOpened() && status.getClosed()).isTrue();
        assertThat(status.getFlagsList()).isEmpty();
        assertThat(status.getInputModel()).isEqualTo(model("start").getDigest());
        assertThat(status.getOutputModel()).isEqualTo(model("end").getDigest());
        assertThat(status.getRegistrant()).isEqualTo("coordinator");
        for (Author site : Set.of(anna, bert)) {
            assertThat(story.in(round, site).getState()).isEqualTo(SiteState.SITE_ACCEPTED);
            assertThat(story.in(round, site).getFlagsList()).isEmpty();
            assertThat(story.graph.site(round, site.name()).orElseThrow().expected())
                    .isTrue();
        }
        assertThat(story.behind(story.output(round)))
                .contains(
                        story.artifact(anna, Story.dataset(anna)),
                        story.artifact(bert, Story.dataset(bert)),
                        story.input(round));
    }

    @Test
    void expectedSite_thatSaysNothing_isSilent() throws VerificationException {
        Digest round = story.opened(anna);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SILENT);
        assertThat(story.in(round, anna).getEntriesList()).isEmpty();
    }

    @Test
    void progress_raisesAndNeverLowers() throws VerificationException {
        Digest round = story.opened(anna);
        story.progress(anna, round, ProgressState.STARTED);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_STARTED);
        story.progress(anna, round, ProgressState.WAITING);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_WAITING);
        story.progress(anna, round, ProgressState.DECLINED);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_DECLINED);
        story.progress(anna, round, ProgressState.STARTED);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_DECLINED);
        story.contribute(anna, round, model("start"));
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SUBMITTED);
    }

    @Test
    void siteThatOnlyEvaluated_isNotSilent() throws VerificationException {
        Digest round = story.opened(anna);
        story.say(
                anna,
                Evaluation.newBuilder()
                        .setRound(round.toByteString())
                        .setModel(model("start"))
                        .build());
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_STARTED);
    }

    @Test
    void evaluationOutsideAnyRound_usesTheModel() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "start", "end", anna);
        Digest evaluation =
                story.say(bert, Evaluation.newBuilder().setModel(model("end")).build());
        assertThat(story.refusal()).isEmpty();
        assertThat(story.behind(new VertexRef(VertexKind.EVALUATION_VERTEX, evaluation)))
                .contains(story.output(round));
    }

    @Test
    void close_acceptsRejectsAndDrops_asItsPartsSay() throws VerificationException {
        Author cleo = story.site("cleo");
        Digest round = story.opened(anna, bert, cleo);
        story.contribute(anna, round, model("start"));
        Digest rejected = story.contribute(bert, round, model("start"));
        Received dropped = received(cleo, Verdict.DROPPED, "timeout").toBuilder()
                .clearWireDigest()
                .build();
        story.close(round, model("end"), accepted(anna), received(bert, Verdict.REJECTED, "norm"), dropped);

        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_ACCEPTED);
        assertThat(story.in(round, bert).getState()).isEqualTo(SiteState.SITE_REJECTED);
        assertThat(story.in(round, bert).getReason()).isEqualTo("norm");
        assertThat(story.in(round, cleo).getState()).isEqualTo(SiteState.SITE_DROPPED);
        assertThat(story.in(round, cleo).getFlagsList()).isEmpty();
        assertThat(story.behind(story.output(round))).doesNotContain(VertexRef.contribution(rejected));
    }

    @Test
    void submittedSite_thatTheCloseDoesNotName_staysSubmitted() throws VerificationException {
        Digest round = story.opened(anna, bert);
        story.contribute(anna, round, model("start"));
        story.close(round, model("end"));
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SUBMITTED);
        assertThat(story.in(round, anna).getFlagsList()).isEmpty();
    }

    @Test
    void contributionAfterTheClose_isLateAndMovesNoModel() throws VerificationException {
        Digest round = story.opened(anna, bert);
        story.close(round, model("end"));
        Digest late = story.contribute(anna, round, model("start"), training(anna, 1));
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_LATE);
        assertThat(story.in(round, anna).getFlagsList()).containsExactly(Flag.LATE);
        assertThat(story.madeFrom(VertexRef.contribution(late))).containsExactly(VertexRef.contribution(late));
    }

    @Test
    void listedWithoutStatement_isUnattested_untilTheSiteStatesIt() throws VerificationException {
        Digest round = story.opened(anna);
        story.close(round, model("end"), accepted(anna));
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SITE_ACCEPTED);
        assertThat(story.in(round, anna).getFlagsList()).containsExactly(Flag.UNATTESTED);

        Digest late = story.contribute(anna, round, model("start"), training(anna, 1));
        assertThat(story.in(round, anna).getFlagsList()).containsExactly(Flag.LATE);
        assertThat(story.behind(story.output(round)))
                .contains(VertexRef.contribution(late), story.artifact(anna, Story.dataset(anna)));
    }

    @Test
    void differentWireDigests_areDisputed_whoeverSpeaksFirst() throws VerificationException {
        Digest round = story.opened(anna, bert);
        story.contribute(anna, round, model("start"));
        Received other = accepted(anna).toBuilder()
                .setWireDigest("sha256:" + Digest.of(hash("other")).hex())
                .build();
        Received another = other.toBuilder().setMember("bert").build();
        story.close(round, model("end"), other, another);
        story.contribute(bert, round, model("start"));
        assertThat(story.in(round, anna).getFlagsList()).containsExactly(Flag.DISPUTED);
        assertThat(story.in(round, anna).getWireDigest()).isEqualTo(Story.wire(anna));
        assertThat(story.in(round, bert).getFlagsList()).containsExactly(Flag.DISPUTED, Flag.LATE);
        assertThat(story.in(round, bert).getWireDigest()).isEqualTo(Story.wire(bert));
    }

    @Test
    void siteThatNobodyExpected_isUnexpected_beforeAndAfterTheOpen() throws VerificationException {
        Digest round = story.register(1, Optional.empty(), model("start"));
        story.contribute(bert, round, model("start"));
        assertThat(story.in(round, bert).getFlagsList()).isEmpty();
        story.open(round, anna);
        assertThat(story.in(round, bert).getFlagsList()).containsExactly(Flag.UNEXPECTED);
        Author cleo = story.site("cleo");
        story.contribute(cleo, round, model("start"));
        assertThat(story.in(round, cleo).getFlagsList()).containsExactly(Flag.UNEXPECTED);
    }

    @Test
    void secondContribution_hasNoEffect() throws VerificationException {
        Digest round = story.opened(anna);
        Digest first = story.contribute(anna, round, model("start"));
        story.say(anna, contribution(anna, round, model("start"), training(anna, 2)));
        assertThat(story.refusal()).contains(Reason.DUPLICATE);
        assertThat(story.in(round, anna).getContribution()).isEqualTo(first.toByteString());
        assertThat(story.graph.vertex(story.artifact(anna, Story.dataset(anna))))
                .isEmpty();
    }

    @Test
    void secondOpen_isAContradiction_andExpectsNobodyElse() throws VerificationException {
        Digest round = story.opened(anna);
        story.open(round, anna, bert);
        assertThat(story.refusal()).contains(Reason.CONTRADICTION);
        assertThat(story.status(round).getFlagsList()).containsExactly(Flag.CONTRADICTION);
        assertThat(story.graph.site(round, bert.name())).isEmpty();
    }

    @Test
    void secondClose_isAContradiction_andTheFirstOutputStays() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "start", "end", anna);
        story.close(round, model("other"));
        assertThat(story.refusal()).contains(Reason.CONTRADICTION);
        assertThat(story.status(round).getOutputModel()).isEqualTo(model("end").getDigest());
        assertThat(story.status(round).getFlagsList()).containsExactly(Flag.CONTRADICTION);
        assertThat(story.graph.firstGeneration(model("other").getDigest())).isEmpty();
    }

    @Test
    void closeBeforeOpen_hasNoEffect_andTheRoundCanStillBeClosed() throws VerificationException {
        Digest round = story.register(1, Optional.empty(), model("start"));
        story.close(round, model("early"));
        assertThat(story.refusal()).contains(Reason.NOT_OPEN);
        story.open(round, anna);
        story.close(round, model("end"));
        assertThat(story.status(round).getOutputModel()).isEqualTo(model("end").getDigest());
    }

    @Test
    void closeThatNamesAPartNobodySaid_hasNoEffect() throws VerificationException {
        Digest round = story.opened(anna);
        Close close = Close.newBuilder()
                .setRound(round.toByteString())
                .addParts(hash("no part"))
                .setOutputModel(model("end"))
                .build();
        story.say(story.coordinator, Round.newBuilder().setClose(close).build());
        assertThat(story.refusal()).contains(Reason.UNKNOWN_REFERENCE);
        assertThat(story.status(round).getClosed()).isFalse();
    }

    @Test
    void partThatTheCloseLeavesOut_countsForNothing() throws VerificationException {
        Digest round = story.opened(anna);
        story.part(story.coordinator, round, accepted(anna));
        story.close(round, model("end"));
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SILENT);
        assertThat(story.status(round).getClosePartEntriesList()).isEmpty();
        story.part(story.coordinator, round, accepted(anna));
        assertThat(story.refusal()).contains(Reason.ROUND_CLOSED);
    }

    @Test
    void stepsOfAStranger_haveNoEffect_otherCoordinatorIncluded() throws VerificationException {
        Author other = story.join("other", Role.COORDINATOR);
        Digest round = story.register(1, Optional.empty(), model("start"));
        for (Author stranger : Set.of(anna, other)) {
            story.say(stranger, opening(round, anna));
            assertThat(story.refusal()).contains(Reason.NOT_REGISTRANT);
            story.part(stranger, round, accepted(anna));
            assertThat(story.refusal()).contains(Reason.NOT_REGISTRANT);
        }
        assertThat(story.status(round).getOpened()).isFalse();
        assertThat(story.status(round).getClosePartEntriesList()).isEmpty();
        assertThat(story.graph.sites(round)).isEmpty();
    }

    @Test
    void onlyACoordinatorRegisters_andAPlaceIsTakenOnce() throws VerificationException {
        story.say(anna, registration(1, Optional.empty(), model("start")));
        assertThat(story.refusal()).contains(Reason.ROLE_NOT_ALLOWED);
        Digest first = story.register(1, Optional.empty(), model("start"));
        story.register(1, Optional.empty(), model("again"));
        assertThat(story.refusal()).contains(Reason.ROUND_EXISTS);
        assertThat(story.graph.roundAt(Story.LINE, 1)).contains(first);
    }

    @Test
    void roundInAnothersTrainingLine_hasNoEffect_whateverItsNumber() throws VerificationException {
        Author other = story.join("other", Role.COORDINATOR);
        Digest first = story.register(1, Optional.empty(), model("start"));
        for (int number : new int[] {2, 7}) {
            story.say(other, registration(number, Optional.of(first), model("start")));
            assertThat(story.refusal()).contains(Reason.NOT_REGISTRANT);
            assertThat(story.graph.roundAt(Story.LINE, number)).isEmpty();
        }
        story.register(2, Optional.of(first), model("start"));
        assertThat(story.refusal()).isEmpty();
        assertThat(story.graph.registrantOf(Story.LINE)).contains(story.coordinator.name());
        assertThat(story.graph.registrantOf("another line")).isEmpty();
    }

    @Test
    void auditor_takesNoPart() throws VerificationException {
        Author auditor = story.join("auditor", Role.AUDITOR);
        Digest round = story.opened(anna);
        story.contribute(auditor, round, model("start"));
        assertThat(story.refusal()).contains(Reason.ROLE_NOT_ALLOWED);
        story.progress(auditor, round, ProgressState.STARTED);
        assertThat(story.refusal()).contains(Reason.ROLE_NOT_ALLOWED);
        assertThat(story.graph.site(round, auditor.name())).isEmpty();
    }

    @Test
    void contributionBeforeItsRoundIsRegistered_waitsAndThenCounts() throws VerificationException {
        // What the coordinator will say next is known before the log has it.
        var register = story.coordinator.sign(registration(1, Optional.empty(), model("start")));
        Digest round = register.statement().id();
        Digest early = story.contribute(anna, round, model("start"), training(anna, 1));
        long entry = story.federation.log().size() - 1L;
        assertThat(story.refusal()).contains(Reason.UNKNOWN_ROUND);
        assertThat(story.graph.vertex(VertexRef.contribution(early))).isEmpty();

        story.federation.append(register);
        story.project();
        assertThat(story.graph.effect(entry)).isEqualTo(Effect.EFFECTIVE);
        assertThat(story.in(round, anna).getState()).isEqualTo(SiteState.SUBMITTED);
        assertThat(story.vertex(VertexRef.contribution(early)).getEntriesList()).containsExactly(entry);
        assertThat(story.graph.linksFrom(VertexRef.contribution(early)))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(link.entry()).isEqualTo(entry));
        assertThat(story.graph.linksFrom(VertexRef.contribution(early)))
                .anySatisfy(link -> assertThat(link.kind()).isEqualTo(EdgeKind.WAS_DERIVED_FROM));
    }

    @Test
    void unknownPredecessor_isFlaggedUnresolved() throws VerificationException {
        Digest round = story.register(1, Optional.of(Digest.of(hash("nowhere"))), model("start"));
        assertThat(story.status(round).getFlagsList()).containsExactly(Flag.UNRESOLVED);
    }
}
