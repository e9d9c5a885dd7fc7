package dev.weft.it.lies;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.mallory.LyingAggregator;
import dev.weft.proto.VerificationException;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.EntryBatch;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Membership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An operator changes what it tells one member. That member notices, cosigns nothing of it, and goes on once it is told the
 * truth; none of this leaves a proof, since an operator signs checkpoints and neither entries nor paths.
 */
@Tag("lies")
class LyingStreamIT {
    private static final LyingAggregator LIAR = new LyingAggregator();

    private static Federation federation;
    private static SiteNode coordinator;
    private static SiteNode deceived;

    @BeforeAll
    static void found() throws IOException {
        federation =
                Federation.create(Files.createTempDirectory("lying-stream"), "lying-stream", Distribution.find(), LIAR);
        List<SiteNode> nodes = federation.admit(List.of(Seat.coordinator("coordinator"), Seat.site("deceived")));
        coordinator = nodes.get(0);
        deceived = nodes.get(1);
        Rounds.register(coordinator);
    }

    @AfterAll
    static void close() {
        if (federation != null) {
            federation.close();
        }
        LIAR.close();
    }

    @AfterEach
    void truthIsEnough() {
        LIAR.beHonestTo("deceived");
        String round = Rounds.register(coordinator);
        assertThat(round).isNotEmpty();
        caughtUp();
        Shown.nothing(deceived);
    }

    private static void caughtUp() {
        long size = federation.aggregatorStatus().get("size").getAsLong();
        Await.until("the deceived member's copy reaching " + size, Shown.LIMIT, () -> Shown.verified(deceived) >= size);
    }

    /** Before there is a policy, nobody asks it to. */
    private static boolean hasCosignedAll() {
        long cosigned = Shown.cosigned(deceived);
        return cosigned == 0
                || cosigned == federation.aggregatorStatus().get("size").getAsLong();
    }

    private static AggregatorMessage entries(AggregatorMessage message, List<ByteString> entries) {
        EntryBatch batch = message.getEntries().toBuilder()
                .clearEntries()
                .addAllEntries(entries)
                .build();
        return message.toBuilder().setEntries(batch).build();
    }

    @Test
    void badConsistencyProof_isNotBelieved() {
        long before = Shown.held(deceived);
        LIAR.lieTo("deceived", message -> {
            if (!message.hasCheckpoint() || message.getCheckpoint().getConsistencyCount() == 0) {
                return message;
            }
            AggregatorMessage.Builder lie = message.toBuilder();
            lie.getCheckpointBuilder().setConsistency(0, ByteString.copyFrom(new byte[32]));
            return lie.build();
        });
        Rounds.register(coordinator);
        Shown.event(deceived, "checkpoint-refused");
        assertThat(Shown.held(deceived)).isEqualTo(before);
    }

    @Test
    void rewrittenEntry_neverGivesTheSignedRoot_andNothingIsCosigned() {
        ByteString another = Rounds.envelope(coordinator, Rounds.register(coordinator));
        caughtUp();
        Await.until("its last cosignature", Shown.LIMIT, LyingStreamIT::hasCosignedAll);
        long before = Shown.cosigned(deceived);
        LIAR.lieTo("deceived", message -> {
            if (!message.hasEntries() || message.getEntries().getEntriesCount() == 0) {
                return message;
            }
            List<ByteString> rewritten = new ArrayList<>(message.getEntries().getEntriesList());
            rewritten.set(rewritten.size() - 1, another);
            return entries(message, rewritten);
        });
        Rounds.register(coordinator);
        Shown.event(deceived, "mirror-mismatch");
        assertThat(deceived.client().status().getAsJsonArray("securityEvents").toString())
                .contains("this alone proves nothing to others");
        assertThat(Shown.cosigned(deceived)).isEqualTo(before);
    }

    @Test
    void membershipThatIsHiddenFromOne_isMissedByItsCopy() throws IOException {
        LIAR.lieTo("deceived", message -> {
            boolean hides = message.hasEntries()
                    && message.getEntries().getEntriesList().stream().anyMatch(LyingStreamIT::admitsTheHidden);
            return hides
                    ? entries(
                            message,
                            message.getEntries().getEntriesList().stream()
                                    .filter(entry -> !admitsTheHidden(entry))
                                    .toList())
                    : message;
        });
        SiteNode hidden = federation.join(Seat.site("hidden"));
        assertThat(hidden.name()).isEqualTo("hidden");
        Shown.event(deceived, "entries-withheld");
        assertThat(deceived.client().status().getAsJsonObject("witness").toString())
                .contains("does not hand out entry");
    }

    private static boolean admitsTheHidden(ByteString entry) {
        try {
            return EnvelopeOpener.open(entry).statement().predicate().orElse(null) instanceof Membership membership
                    && Invitation.parseFrom(membership.getInvitation().getInvitation())
                            .getMember()
                            .equals("hidden");
        } catch (VerificationException | InvalidProtocolBufferException e) {
            throw new IllegalStateException("the aggregator took something else", e);
        }
    }

    @Test
    void policyThatIsWithheld_isKnownFromTheCopy_andAReplayedCosignatureFinalisesNothing() throws IOException {
        Path policy = federation.dir().resolve("witnesses.policy");
        Files.writeString(policy, federation.aggregatorCommand("policy", "suggest"));
        AtomicReference<List<NoteSignature>> old = new AtomicReference<>();
        LIAR.lieTo("deceived", message -> {
            if (!message.hasFinal()) {
                return message;
            }
            FinalCheckpoint.Builder lie = message.getFinal().toBuilder().clearPolicies();
            old.compareAndSet(null, cosignatures(lie.getNote()));
            return message.toBuilder().setFinal(lie).build();
        });
        federation.aggregatorCommand("policy", "set", policy.toString());
        String round = Rounds.register(coordinator);
        assertThat(round).isNotEmpty();
        long size = federation.aggregatorStatus().get("size").getAsLong();
        Await.until("final by a policy that only the copy holds", Shown.LIMIT, () -> finalSize() >= size);
        long before = finalSize();
        LIAR.lieTo("deceived", message -> {
            if (!message.hasFinal()) {
                return message;
            }
            AggregatorMessage.Builder lie = message.toBuilder();
            lie.getFinalBuilder().setNote(replayed(message.getFinal().getNote(), Objects.requireNonNull(old.get())));
            return lie.build();
        });
        Rounds.register(coordinator);
        Shown.event(deceived, "finality-refused");
        assertThat(finalSize()).isEqualTo(before);
    }

    private static long finalSize() {
        JsonObject told = deceived.client().status().getAsJsonObject("final");
        return told.get("size").getAsLong();
    }

    private static List<NoteSignature> cosignatures(ByteString note) {
        try {
            List<NoteSignature> lines = Note.parse(note).signatures();
            return lines.subList(1, lines.size());
        } catch (VerificationException e) {
            throw new IllegalStateException("the aggregator signed something else", e);
        }
    }

    /** The newest checkpoint under the log's own line, and cosignatures of an older one. */
    private static ByteString replayed(ByteString note, List<NoteSignature> older) {
        try {
            Note newest = Note.parse(note);
            List<NoteSignature> lines = new ArrayList<>(newest.signatures().subList(0, 1));
            lines.addAll(older);
            return new Note(newest.text(), lines).encode();
        } catch (VerificationException e) {
            throw new IllegalStateException("the aggregator signed something else", e);
        }
    }
}
