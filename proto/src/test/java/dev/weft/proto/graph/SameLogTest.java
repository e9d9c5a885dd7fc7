package dev.weft.proto.graph;

import static dev.weft.proto.graph.Story.accepted;
import static dev.weft.proto.graph.Story.model;
import static dev.weft.proto.graph.Story.training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proto.Reason;
import dev.weft.proto.TestFederation;
import dev.weft.proto.TestFederation.Author;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Edge;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Flag;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Vertex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The same log gives the same graph, and nothing that a member's standing goes through breaks it. */
class SameLogTest {
    private final Story story;
    private final Author anna;

    SameLogTest() throws VerificationException {
        story = new Story();
        anna = story.site("anna");
    }

    @Test
    void sameLog_givesTheSameGraph() throws VerificationException {
        Author bert = story.site("bert");
        Digest one = story.round(1, Optional.empty(), "m0", "m1", anna, bert);
        story.round(2, Optional.of(one), "m1", "m2", bert);
        MemoryGraph again = new MemoryGraph();
        story.federation.log().forEach(entry -> again.add(entry.statement()));
        assertThat(again.vertices()).isEqualTo(story.graph.vertices());
        assertThat(again.edges()).isEqualTo(story.graph.edges());
        assertThat(again.sites(one)).isEqualTo(story.graph.sites(one));
    }

    @Test
    void walkedEdges_holdNoCycle_andEveryEdgeHasItsEnds() throws VerificationException {
        Author bert = story.site("bert");
        Digest round = story.opened(anna, bert);
        story.close(round, model("end"), accepted(anna), accepted(bert));
        story.contribute(anna, round, model("end"), training(anna, 1));
        story.contribute(bert, round, model("start"), training(bert, 1));
        story.round(2, Optional.of(round), "end", "end", anna, bert);
        Map<Long, List<Long>> walked = new HashMap<>();
        for (Edge edge : story.graph.edges()) {
            assertThat(edge.getFrom())
                    .isBetween(1L, (long) story.graph.vertices().size());
            if (Walk.follows(edge.getKind(), edge.getFlagsList())) {
                walked.computeIfAbsent(edge.getTo(), to -> new ArrayList<>()).add(edge.getFrom());
            }
        }
        assertThat(sorted(walked)).isTrue();
    }

    /** Takes away vertices that lead nowhere until nothing is left; false where a cycle stays. */
    private boolean sorted(Map<Long, List<Long>> predecessors) {
        Map<Long, Integer> open = new HashMap<>();
        predecessors.values().forEach(from -> from.forEach(id -> open.merge(id, 1, Integer::sum)));
        Deque<Long> free = new ArrayDeque<>();
        story.graph.vertices().stream()
                .map(Vertex::getId)
                .filter(id -> !open.containsKey(id))
                .forEach(free::add);
        int taken = 0;
        while (!free.isEmpty()) {
            taken++;
            for (long from : predecessors.getOrDefault(free.remove(), List.of())) {
                if (open.merge(from, -1, Integer::sum) == 0) {
                    free.add(from);
                }
            }
        }
        return taken == story.graph.vertices().size();
    }

    @Test
    void secondGenesis_changesNothing() throws VerificationException {
        story.round(1, Optional.empty(), "m0", "m1", anna);
        List<Vertex> before = story.graph.vertices();
        story.graph.add(story.federation.log().get(0).statement());
        assertThat(story.graph.vertices()).isEqualTo(before);
    }

    @Test
    void unknownPredicate_hasNoEffect() {
        Statement known = story.federation.log().get(0).statement();
        story.graph.add(new Statement(known.id(), "https://weft.dev/tomorrow/v1", known.header(), Optional.empty()));
        assertThat(story.graph.effect(story.graph.size() - 1L).without()).contains(Reason.UNKNOWN_TYPE);
    }

    @Test
    void revokedMember_staysInLineage_markedFromItsIndex() throws VerificationException {
        Digest round = story.round(1, Optional.empty(), "m0", "m1", anna);
        story.say(
                story.federation.root(),
                Key.newBuilder()
                        .setRevoke(Revoke.newBuilder().setMember("anna").setSuspectFrom(3))
                        .build());
        Vertex member = story.vertex(VertexRef.member(anna.name()));
        assertThat(member.getFlagsList()).containsExactly(Flag.REVOKED);
        assertThat(member.getSuspectFrom()).isEqualTo(3);
        assertThat(story.authors(story.behind(story.output(round)))).contains("anna");
        story.round(2, Optional.of(round), "m1", "m2", story.site("bert"));
        assertThat(story.refusal()).isEmpty();
    }

    @Test
    void quarantineAndRollover_leaveWhatWasSaid_andTheMemberGoesOn() throws VerificationException {
        Digest round = story.opened(anna);
        story.progress(anna, round, ProgressState.STARTED);
        OpenedEnvelope last = story.federation.log().get(story.federation.log().size() - 1);
        story.say(story.federation.aggregator(), evidence(last));
        assertThat(story.refusal()).isEmpty();
        rollOver(last);
        story.project();
        assertThat(story.refusal()).isEmpty();
        story.contribute(anna, round, model("start"), training(anna, 1));
        story.close(round, model("end"), accepted(anna));
        assertThat(story.authors(story.behind(story.output(round)))).contains("anna");
        assertThat(story.in(round, anna).getFlagsList()).isEmpty();
    }

    private Evidence evidence(OpenedEnvelope first) {
        return Evidence.newBuilder()
                .setMember("anna")
                .setIncarnation(first.statement().header().getIncarnation())
                .setSeq(first.statement().header().getSeq())
                .setFirstIndex(story.federation.log().size() - 1L)
                .setFirst(first.statement().id().toByteString())
                .setSecond(TestFederation.hash("second"))
                .setSecondEnvelopeDigest(TestFederation.hash("second envelope"))
                .build();
    }

    private void rollOver(OpenedEnvelope last) throws VerificationException {
        var recovery = anna.recovery();
        anna.renewKeys();
        Rollover rollover = Rollover.newBuilder()
                .setKeys(anna.keys())
                .addAllPossessions(anna.possessions())
                .setLastSeq(last.statement().header().getSeq())
                .setLastStatement(last.statement().id().toByteString())
                .setLoss("a copied disk")
                .build();
        var header = last.statement().header().toBuilder()
                .setIncarnation(1)
                .setSeq(0)
                .setPrev(last.statement().id().toByteString())
                .build();
        story.federation.append(
                anna.sign(header, Key.newBuilder().setRollover(rollover).build(), recovery));
    }

    @Test
    void vertexOfManyEntries_namesTheFirstSixteen() throws VerificationException {
        for (int number = 1; number <= 20; number++) {
            Digest round = story.register(number, Optional.empty(), model("m" + number));
            story.contribute(anna, round, model("m" + number), training(anna, number));
        }
        assertThat(story.vertex(story.artifact(anna, Story.dataset(anna))).getEntriesList())
                .hasSize(16)
                .isSorted();
    }
}
