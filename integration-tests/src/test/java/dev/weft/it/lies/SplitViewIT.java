package dev.weft.it.lies;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.federation.Twin;
import dev.weft.it.mallory.LyingAggregator;
import dev.weft.it.mallory.Mallory;
import dev.weft.proto.digest.Hashing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An operator copies the log with its keys and its anchor, goes on with both, and shows one history to some and the other to
 * others. A lying member helps: it says one thing here and another there, at one place of its sequence.
 */
@Tag("lies")
class SplitViewIT {
    private static final ByteString ROUND =
            Hashing.sha256(ByteString.copyFromUtf8("a round")).toByteString();

    @Test
    void twoHistories_areProvedToAnybody_andAShorterOneAloneProvesNothing() throws Exception {
        Path dir = Files.createTempDirectory("split-view");
        try (LyingAggregator liar = new LyingAggregator();
                Federation federation = Federation.create(dir, "split-view", Distribution.find(), liar)) {
            List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("deceived")));
            SiteNode coordinator = nodes.get(0);
            SiteNode deceived = nodes.get(1);
            Rounds.register(coordinator);
            String invitation = Files.readString(federation.invite(Seat.site("two-faced"), federation.grpc()));
            Mallory here = Mallory.join(invitation, new SecureRandom(), InstantSource.system());
            federation.aggregator().stop();
            try (Twin twin = federation.twin("aggregator-of-others")) {
                federation.aggregator().start();
                truncatedTail(federation, liar, twin, coordinator, deceived);
                try (Mallory there = here.at(twin.grpc())) {
                    otherHistory(federation, twin, here, there);
                    showsItself(deceived, coordinator);
                    isFoundByComparing(federation, liar, twin, coordinator, there);
                }
            } finally {
                here.close();
            }
        }
    }

    /** The other log lacks what the deceived member holds receipts and a checkpoint of. */
    private static void truncatedTail(
            Federation federation, LyingAggregator liar, Twin twin, SiteNode coordinator, SiteNode deceived) {
        Rounds.register(coordinator);
        Rounds.register(coordinator);
        // A path does not carry the older root where the older size is a power of two.
        while (Long.bitCount(size(federation)) == 1) {
            Rounds.register(coordinator);
        }
        long size = size(federation);
        Await.until("the deceived member's checkpoint", Shown.LIMIT, () -> Shown.held(deceived) == size);
        twin.daemon().start();
        liar.turn("deceived", twin.grpc());
        liar.turn("coordinator", twin.grpc());
        Shown.event(coordinator, "sequence-mismatch");
        liar.turn("coordinator", federation.grpc());
        assertThat(Shown.held(deceived)).as("nobody goes back").isEqualTo(size);
        Shown.nothing(deceived);
        Shown.nothing(coordinator);
        Command compared = coordinator.tryCommand("fork", "check", note(twin).toString());
        assertThat(compared.exitCode()).as(compared.output()).isZero();
        assertThat(compared.output()).as("a smaller head alone proves nothing").contains("the same log");
    }

    /** Its checkpoint, as its anchor holds it and its members were shown it. */
    private static Path note(Twin twin) {
        return twin.daemon().dir().resolve("aggregator.anchor");
    }

    /** It goes on elsewhere: a member that nobody here sees, and another word of the lying member. */
    private static void otherHistory(Federation federation, Twin twin, Mallory here, Mallory there) throws Exception {
        assertThat(here.started(ROUND).appended()).isTrue();
        assertThat(there.declined(ROUND).appended())
                .as("the other log knows nothing of the first word")
                .isTrue();
        Path invitation = federation.dir().resolve("hidden.txt");
        for (String name : List.of("hidden-a", "hidden-b", "hidden-c")) {
            twin.command("invite", name, "--role", "site", "--address", twin.grpc(), "--out", invitation.toString());
            Mallory hidden = Mallory.join(Files.readString(invitation), new SecureRandom(), InstantSource.system());
            hidden.close();
            Files.delete(invitation);
        }
    }

    private static void showsItself(SiteNode deceived, SiteNode coordinator) {
        Shown.event(deceived, "log-forked");
        Path file = Shown.file(deceived, "the log signed");
        Shown.toAnybody(coordinator, file, "signed two histories", "split-view/log/1");
        assertThat(deceived.command("fork", "list")).contains(file.toString());
        assertThat(deceived.client().status().getAsJsonObject("witness").toString())
                .as("nothing is cosigned any more")
                .contains("the shared log contradicted itself");
        assertThat(deceived.client().status().get("connected").getAsBoolean()).isFalse();
    }

    /** Who was shown one history alone finds the other by what others were shown. */
    private static void isFoundByComparing(
            Federation federation, LyingAggregator liar, Twin twin, SiteNode coordinator, Mallory there)
            throws Exception {
        liar.turn("coordinator", federation.grpc());
        long size = size(federation);
        Await.until("the coordinator's copy", Shown.LIMIT, () -> Shown.verified(coordinator) >= size);
        Path other = Files.write(
                federation.dir().resolve("other-word"), there.lastEnvelope().toByteArray());
        Command member = coordinator.tryCommand("fork", "check", "--statement", other.toString());
        assertThat(member.exitCode()).as(member.output()).isEqualTo(1);
        assertThat(member.output()).contains("equivocation");
        Shown.event(coordinator, "member-equivocated");
        Shown.toAnybody(
                coordinator,
                Shown.file(coordinator, "'two-faced'"),
                "'two-faced' signed two different statements for seq 0 of incarnation 0");
        while (size(federation) < sizeOf(twin)) {
            Rounds.register(coordinator);
        }
        Rounds.register(coordinator);
        long larger = size(federation);
        Await.until("the copy", Shown.LIMIT, () -> Shown.held(coordinator) >= larger);
        Command log = Await.value(
                "the comparison",
                Shown.LIMIT,
                () -> Optional.of(coordinator.tryCommand(
                                "fork", "check", note(twin).toString()))
                        .filter(command -> command.exitCode() != 0));
        assertThat(log.exitCode()).as(log.output()).isEqualTo(1);
        Shown.event(coordinator, "log-forked");
        Shown.toAnybody(coordinator, Shown.file(coordinator, "the log signed"), "signed two histories");
    }

    private static long size(Federation federation) {
        return federation.aggregatorStatus().get("size").getAsLong();
    }

    private static long sizeOf(Twin twin) {
        return JsonParser.parseString(twin.command("status", "--json"))
                .getAsJsonObject()
                .get("size")
                .getAsLong();
    }
}
