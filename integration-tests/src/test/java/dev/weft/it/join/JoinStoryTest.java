package dev.weft.it.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.members.MembershipLog.Proved;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.node.join.Join;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import io.grpc.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a newcomer becomes a member, and how it, or somebody else, does not. */
class JoinStoryTest {

    @TempDir
    Path temporary;

    private ListedFederation federation;

    @BeforeEach
    void found() throws Exception {
        federation = new ListedFederation(Duration.ofDays(30));
    }

    @AfterEach
    void close() {
        federation.close();
    }

    private NodeIdentity join(String directory, InvitationToken token) throws Exception {
        return Join.join(temporary.resolve(directory), token, federation.random, federation.clock);
    }

    @Test
    void join_invitation_makesTheDirectoryAMember() throws Exception {
        NodeIdentity joined = join("a", federation.invite("hospital-a"));
        NodeIdentity loaded = NodeIdentity.load(temporary.resolve("a"));
        assertThat(loaded.federation()).isEqualTo(federation.federation());
        assertThat(loaded.name().value()).isEqualTo("hospital-a");
        assertThat(loaded.membership()).isEqualTo(joined.membership());
        assertThat(loaded.membershipIndex()).isEqualTo(1);
        assertThat(loaded.statementKey().verifyingKey())
                .isEqualTo(joined.statementKey().verifyingKey());
        assertThat(loaded.logKeys()).hasSize(1);
        try (StreamEnd stream = new StreamEnd(federation.address(), loaded.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
        }
    }

    @Test
    void join_done_leavesSecretsToTheOwnerAlone() throws Exception {
        join("a", federation.invite("hospital-a"));
        Path directory = temporary.resolve("a");
        for (String name : List.of(
                "keys/statement.key",
                "keys/witness.key",
                "keys/hpke.key",
                "keys/tls.key",
                "recovery.key",
                "identity.json")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(directory.resolve("recovery.key"))).contains("offline");
        Files.setPosixFilePermissions(
                directory.resolve("keys/statement.key"), PosixFilePermissions.fromString("rw-r-----"));
        refused(Reason.INSECURE_FILE, () -> NodeIdentity.load(directory));
    }

    /** Whoever answers at the address has no certificate of the federation's CA: nothing is asked, nothing is taken. */
    @Test
    void join_otherCa_refusesAndCanGoOnAtTheRightAddress() throws Exception {
        Server impostor = federation.impostor();
        try {
            InvitationToken token = federation.invite("hospital-a", "127.0.0.1:" + impostor.getPort());
            refused(Reason.BAD_CERTIFICATE, () -> join("a", token));
        } finally {
            impostor.shutdownNow();
        }
        assertThat(federation.size()).isEqualTo(1);
        assertThat(temporary.resolve("a/identity.json")).doesNotExist();
    }

    @Test
    void join_nobodyThere_saysSo() {
        refused(Reason.UNAVAILABLE, () -> join("a", federation.invite("hospital-a", "127.0.0.1:1")));
    }

    /** Somebody took a copy of an invitation, and comes second: refused, and the operator is told. */
    @Test
    void join_invitationUsedWithOtherKeys_refuses() throws Exception {
        InvitationToken token = federation.invite("hospital-a");
        join("a", token);
        refused(Reason.INVITATION_USED, () -> join("thief", token));
        assertThat(federation.size()).isEqualTo(2);
        assertThat(federation.events.newest())
                .singleElement()
                .isInstanceOfSatisfying(
                        SecurityEvent.InvitationReused.class,
                        event -> assertThat(event.member()).isEqualTo("hospital-a"));
    }

    /** The first attempt came to nothing, and somebody else was quicker: the keys are kept, out of another join's way. */
    @Test
    void join_repeatedAndRefusedForGood_setsTheKeysAside() throws Exception {
        InvitationToken stolen = federation.invite("hospital-a");
        InvitationToken doubled = federation.invite("hospital-b");
        federation.full = true;
        refused(Reason.INTERNAL, () -> join("a", stolen));
        refused(Reason.INTERNAL, () -> join("b", doubled));
        federation.full = false;
        String recovery = Files.readString(temporary.resolve("a/recovery.key"));
        join("thief", stolen);
        join("twin", federation.invite("hospital-b"));

        refused(Reason.INVITATION_USED, () -> join("a", stolen));
        refused(Reason.MEMBER_EXISTS, () -> join("b", doubled));

        assertThat(temporary.resolve("a/refused-join-1/recovery.key")).hasContent(recovery);
        assertThat(temporary.resolve("a/refused-join-1/keys/statement.key")).exists();
        assertThat(join("a", federation.invite("hospital-c")).name().value()).isEqualTo("hospital-c");
        assertThat(join("b", federation.invite("hospital-d")).name().value()).isEqualTo("hospital-d");
    }

    @Test
    void join_nameTakenByAnotherInvitation_refuses() throws Exception {
        join("a", federation.invite("hospital-a"));
        refused(Reason.MEMBER_EXISTS, () -> join("b", federation.invite("hospital-a")));
    }

    @Test
    void join_expiredInvitation_refuses() {
        InvitationToken token = federation.invite("hospital-a");
        federation.clock.advance(Duration.ofDays(7).plusMillis(1));
        refused(Reason.INVITATION_EXPIRED, () -> join("a", token));
        assertThat(federation.size()).isEqualTo(1);
    }

    /** Somebody changed the invitation on its way: the refusal is final, and the directory takes the good one. */
    @Test
    void join_alteredInvitation_refusesAndLeavesNothing() throws Exception {
        InvitationToken good = federation.invite("hospital-a");
        Invitation more = Invitations.read(good).toBuilder()
                .setOrganisation("Somebody else")
                .build();
        InvitationToken altered = good.toBuilder()
                .setSigned(good.getSigned().toBuilder().setInvitation(more.toByteString()))
                .build();
        assertThatThrownBy(() -> join("a", altered)).hasMessage("This invitation was altered; ask for a new one.");
        assertThat(temporary.resolve("a")).isEmptyDirectory();
        InvitationToken unsigned = good.toBuilder()
                .setSigned(good.getSigned().toBuilder().clearSignatures())
                .build();
        refused(Reason.INVITATION_INVALID, () -> join("b", unsigned));
        assertThat(temporary.resolve("b")).doesNotExist();
        assertThat(join("a", good).membershipIndex()).isEqualTo(1);
    }

    /** The entry was appended, the answer was lost: the same directory finds its membership, even after the expiry. */
    @Test
    void join_cutShortAndRepeated_findsTheSameIndex() throws Exception {
        InvitationToken token = federation.invite("hospital-a");
        federation.lie = proved -> {
            throw new IllegalStateException("the answer is lost");
        };
        refused(Reason.INTERNAL, () -> join("a", token));
        assertThat(federation.size()).isEqualTo(2);
        refused(Reason.NOT_ENROLLED, () -> NodeIdentity.load(temporary.resolve("a")));
        refused(Reason.INVITATION_INVALID, () -> join("a", federation.invite("hospital-b")));

        federation.lie = UnaryOperator.identity();
        federation.clock.advance(Duration.ofDays(8));
        assertThat(join("a", token).membershipIndex()).isEqualTo(1);
        assertThat(federation.size()).isEqualTo(2);
        assertThat(temporary.resolve("a/keys/join.request")).doesNotExist();
    }

    @Test
    void join_usedDirectory_refuses() throws Exception {
        InvitationToken token = federation.invite("hospital-a");
        join("a", token);
        refused(Reason.MEMBER_EXISTS, () -> join("a", token));
        refused(Reason.MEMBER_EXISTS, () -> join("a", federation.invite("hospital-b")));
        Files.createDirectories(temporary.resolve("records"));
        Files.createFile(temporary.resolve("records/node.db"));
        refused(Reason.MEMBER_EXISTS, () -> join("records", federation.invite("hospital-c")));
    }

    @Test
    void join_suspendedOrRevoked_getsNoCertificateByAskingAgain() throws Exception {
        InvitationToken token = federation.invite("hospital-a");
        federation.lie = proved -> {
            throw new IllegalStateException("the answer is lost");
        };
        refused(Reason.INTERNAL, () -> join("a", token));
        federation.lie = UnaryOperator.identity();
        federation.suspend("hospital-a");
        refused(Reason.SUSPENDED, () -> join("a", token));
        federation.revoke("hospital-a");
        refused(Reason.REVOKED, () -> join("a", token));
    }

    /** An aggregator that lies about any part convinces nobody. */
    @Test
    void join_aggregatorLies_isNotBelieved() throws Exception {
        join("other", federation.invite("hospital-b"));
        SigningKey stranger = SigningKey.generate(federation.random);
        try (ListedFederation foreign = new ListedFederation(Duration.ofDays(1))) {
            Proved other = foreign.proved(0, foreign.log);
            expectLie(Reason.WRONG_FEDERATION, p -> with(p, other.genesis(), p.membership(), p.checkpoint()));
            expectLie(Reason.BAD_INCLUSION_PROOF, p -> with(p, p.genesis(), other.membership(), p.checkpoint()));
        }
        ByteString forged = federation.proved(0, stranger).checkpoint();
        expectLie(Reason.UNSIGNED_CHECKPOINT, p -> with(p, p.genesis(), p.membership(), forged));
        ByteString old = federation.proved(0, federation.log).checkpoint();
        expectLie(Reason.BAD_INCLUSION_PROOF, p -> with(p, p.genesis(), p.membership(), old));
        Proved others = federation.proved(1, federation.log);
        expectLie(Reason.BAD_INCLUSION_PROOF, p -> with(p, p.genesis(), others.membership(), p.checkpoint()));
    }

    private void expectLie(Reason reason, UnaryOperator<Proved> lie) {
        federation.lie = lie;
        String name = "hospital-" + federation.size() + "x";
        refused(reason, () -> join(name, federation.invite(name)));
        assertThat(temporary.resolve(name).resolve("identity.json")).doesNotExist();
        federation.lie = UnaryOperator.identity();
    }

    private static Proved with(Proved truth, ByteString genesis, ByteString membership, ByteString checkpoint) {
        InclusionProof ofGenesis = truth.genesisProof();
        return new Proved(
                genesis, ofGenesis, membership, truth.membershipProof(), checkpoint, List.of(), Optional.empty());
    }

    @Test
    void load_emptyDirectory_saysHowToJoin() {
        assertThatThrownBy(() -> NodeIdentity.load(temporary)).hasMessageContaining("weft-node join");
    }

    @Test
    void load_filesOfAnotherMember_refuses() throws Exception {
        join("a", federation.invite("hospital-a"));
        join("b", federation.invite("hospital-b"));
        Path copied = temporary.resolve("a/keys/statement.key");
        Files.write(copied, Files.readAllBytes(temporary.resolve("b/keys/statement.key")));
        refused(Reason.BAD_KEY, () -> NodeIdentity.load(temporary.resolve("a")));
        Files.writeString(temporary.resolve("b/identity.json"), "{}");
        refused(Reason.MALFORMED, () -> NodeIdentity.load(temporary.resolve("b")));
        try (Stream<Path> left = Files.list(temporary.resolve("a/keys"))) {
            assertThat(left.filter(file -> file.toString().endsWith(".new"))).isEmpty();
        }
    }

    private static void refused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
