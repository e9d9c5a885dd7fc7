package dev.weft.it.lies;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.it.federation.Command;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Route;
import dev.weft.it.federation.Seat;
import dev.weft.it.federation.SiteNode;
import dev.weft.it.mallory.Mallory;
import dev.weft.it.mallory.Outcome;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.v1.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A member lies to a real aggregator, and would have an honest one accused. */
@Tag("lies")
class LyingMemberIT {
    private static final ByteString ROUND =
            Hashing.sha256(ByteString.copyFromUtf8("a round")).toByteString();

    private static Federation federation;
    private static SiteNode honest;

    @BeforeAll
    static void found() throws IOException {
        federation = Federation.create(
                Files.createTempDirectory("lying-member"), "lying-member", Distribution.find(), Route.DIRECT);
        honest = federation.admit(List.of(Seat.coordinator("honest"))).get(0);
    }

    @AfterAll
    static void close() {
        if (federation != null) {
            federation.close();
        }
    }

    private static Mallory join(String name) throws IOException, VerificationException {
        String invitation = Files.readString(federation.invite(Seat.site(name), federation.grpc()));
        return Mallory.join(invitation, new SecureRandom(), InstantSource.system());
    }

    private static TreeHead records(long size, String root) {
        return new TreeHead(size, Hashing.sha256(ByteString.copyFromUtf8(root)));
    }

    @Test
    void twoStatementsForOneSeq_endInQuarantine_andInAFileThatConvincesAnybody() throws Exception {
        try (Mallory mallory = join("two-faced")) {
            AuthorState before = mallory.state();
            assertThat(mallory.started(ROUND).appended()).isTrue();
            assertThat(mallory.sayOtherwise(ROUND, before).reason()).isEqualTo("equivocation");
            assertThat(mallory.started(ROUND).reason()).isEqualTo("quarantined");
            Shown.event(federation, "equivocation", "Equivocation");
            Path file = Shown.file(federation, "'two-faced'");
            Shown.toAnybody(honest, file, "'two-faced' signed two different statements for seq 0 of incarnation 0");
            assertThat(Shown.standing(federation, "two-faced")).isEqualTo("quarantined");
            assertThat(federation.aggregatorCommand("fork", "list")).contains("two-faced", file.toString());
        }
    }

    @Test
    void rewrittenSiteLog_isRefused_andProved() throws Exception {
        try (Mallory mallory = join("rewriter")) {
            assertThat(mallory.sayUnder(
                                    ROUND, h -> h.setSiteHead(records(5, "five").toProto()), List.of())
                            .appended())
                    .isTrue();
            Outcome rewritten = mallory.sayUnder(
                    ROUND, h -> h.setSiteHead(records(5, "another five").toProto()), List.of());
            assertThat(rewritten.reason()).isEqualTo("site-proof-invalid");
            Shown.event(federation, "site-forked", "SiteForked");
            Shown.toAnybody(
                    honest, Shown.file(federation, "'rewriter'"), "The site log of 'rewriter' was rewritten", "size 5");
            assertThat(mallory.sayUnder(ROUND, h -> h, List.of()).appended())
                    .as("what does not contradict is taken: the key was not given up")
                    .isTrue();
        }
    }

    @Test
    void seenThatContradictsTheLog_isAnAlarmForAll_andProvesNothing() throws Exception {
        try (Mallory mallory = join("dreamer")) {
            Head dreamt = records(2, "a dream").toProto();
            Outcome said = mallory.sayUnder(ROUND, h -> h.setSeen(dreamt), List.of());
            assertThat(said.appended()).as("it may be half of a fork proof").isTrue();
            Shown.event(federation, "seen-contradiction", "SeenContradiction");
            Shown.event(honest, "seen-contradiction");
            Shown.nothing(honest);
            assertThat(honest.client().status().getAsJsonArray("securityEvents").toString())
                    .contains("Ask it for its signed checkpoint");
            assertThat(Shown.standing(federation, "dreamer")).isEqualTo("active");
        }
    }

    @Test
    void nobodyIsFramed_byAnothersStatementOrKeyOrEnvelope() throws Exception {
        ByteString honestWord = Rounds.envelope(honest, Rounds.register(honest));
        try (Mallory mallory = join("framer")) {
            assertThat(mallory.send(honestWord).reason()).isEqualTo("certificate-mismatch");
            Shown.event(federation, "forgery", "Forgery");
            assertThat(mallory.started(ROUND).appended()).isTrue();
            Outcome stranger = mallory.sayAs(SigningKey.generate(new SecureRandom()), ROUND);
            assertThat(stranger.appended()).isFalse();
            ByteString own = mallory.rewrapped();
            assertThat(mallory.send(own).reason())
                    .as("the same statement, whatever its envelope")
                    .isNotEqualTo("equivocation");
            long size = federation.aggregatorStatus().get("size").getAsLong();
            Await.until("the copy having it all", Shown.LIMIT, () -> Shown.verified(honest) >= size);
            Path accusation = Files.write(
                    federation.dir().resolve("accusation"),
                    mallory.inTheNameOf(EnvelopeOpener.open(honestWord).statement())
                            .toByteArray());
            Command compared = honest.tryCommand("fork", "check", "--statement", accusation.toString());
            assertThat(compared.exitCode()).as(compared.output()).isEqualTo(1);
            assertThat(compared.output()).contains("proves-nothing");
        }
        Shown.nothing(honest);
        assertThat(Shown.standing(federation, "honest")).isEqualTo("active");
        assertThat(Shown.standing(federation, "framer")).isEqualTo("active");
        assertThat(federation.aggregatorCommand("fork", "list")).doesNotContain("'framer'", "'honest'");
    }

    @Test
    void foundKeyOfARevokedMember_accusesNobody() throws Exception {
        try (Mallory mallory = join("revoked")) {
            AuthorState before = mallory.state();
            assertThat(mallory.started(ROUND).appended()).isTrue();
            federation.aggregatorCommand("revoke", "revoked");
            assertThat(mallory.sayOtherwise(ROUND, before).appended()).isFalse();
            Path second = Files.write(
                    federation.dir().resolve("second"), mallory.lastEnvelope().toByteArray());
            long size = federation.aggregatorStatus().get("size").getAsLong();
            Await.until("the copy having the revocation", Shown.LIMIT, () -> Shown.verified(honest) >= size);
            Command compared = honest.tryCommand("fork", "check", "--statement", second.toString());
            assertThat(compared.exitCode()).as(compared.output()).isEqualTo(1);
            assertThat(compared.output()).contains("proves-nothing", "given up or revoked");
            assertThat(federation.aggregatorCommand("fork", "list")).doesNotContain("'revoked'");
        }
    }

    @Test
    void damagedAccusation_provesNothing() throws Exception {
        try (Mallory mallory = join("doctored")) {
            AuthorState before = mallory.state();
            assertThat(mallory.started(ROUND).appended()).isTrue();
            assertThat(mallory.sayOtherwise(ROUND, before).reason()).isEqualTo("equivocation");
            byte[] good = Files.readAllBytes(Shown.file(federation, "'doctored'"));
            good[good.length - 40] ^= 1;
            Command verified =
                    Shown.anywhere(honest, Files.write(federation.dir().resolve("damaged"), good));
            assertThat(verified.exitCode()).as(verified.output()).isEqualTo(1);
            assertThat(verified.output()).doesNotContain("PROVED");
        }
    }
}
