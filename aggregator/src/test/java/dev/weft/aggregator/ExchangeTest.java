package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Head;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Hello;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node meets on its stream, on a real database. */
@SuppressWarnings("NullAway.Init")
final class ExchangeTest {
    @TempDir
    private Path folder;

    private Lab lab;
    private Site site;
    private TestStream stream;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"), Map.of("intake.window", "64"));
        site = lab.join("hospital-a");
        stream = greet(site);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private TestStream greet(Site who) {
        return lab.connect(who).hello(lab.federation().appender().standing());
    }

    private void refused(int number, Reason reason) {
        assertThat(stream.refusal(number).getReason()).isEqualTo(reason.code());
    }

    private static SignedEnvelope sign(Site by, Header header) {
        return Site.sign(Site.progress("round"), header, by.statementKey());
    }

    @Test
    void statements_areAppendedInOrderAndReceiptsVerify() {
        assertThat(stream.welcome().getExpectedSeq()).isZero();
        List<SignedEnvelope> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(site.next());
        }
        stream.send(many.toArray(SignedEnvelope[]::new));
        for (int i = 0; i < 50; i++) {
            assertThat(stream.index(i)).isEqualTo(2 + i); // after genesis and the membership
        }
        assertThat(lab.federation().readers().entry(51)).isEqualTo(many.get(49).bytes());
    }

    @Test
    void replay_givesTheFirstIndexAndAReceipt() {
        SignedEnvelope first = site.next();
        stream.send(first, site.next());
        assertThat(stream.index(1)).isEqualTo(3);
        TestStream again = greet(site);
        assertThat(again.welcome().getExpectedSeq()).isEqualTo(2);
        again.send(first);
        assertThat(again.index(0)).isEqualTo(2);
        assertThat(lab.federation().readers().size()).isEqualTo(4);
    }

    @Test
    void gap_isOutOfOrderAndSaysWhatIsExpected() {
        SignedEnvelope missing = site.next();
        SignedEnvelope second = site.next();
        stream.send(second);
        refused(0, Reason.OUT_OF_ORDER);
        assertThat(stream.refusal(0).getExpectedSeq()).isZero();
        assertThat(stream.refusal(0).getRetry()).isTrue();
        stream.send(missing, second);
        assertThat(stream.index(1)).isEqualTo(3);
    }

    @Test
    void wrongAudience_isRefused() {
        stream.send(
                sign(site, site.header().toBuilder().setAudience("other/log/1").build()));
        refused(0, Reason.WRONG_AUDIENCE);
    }

    @Test
    void wrongFederation_isRefused() {
        stream.send(sign(
                site,
                site.header().toBuilder()
                        .setFederation(ByteString.copyFrom(new byte[32]))
                        .build()));
        refused(0, Reason.WRONG_FEDERATION);
    }

    @Test
    void wrongPrev_isRefused() {
        stream.send(sign(
                site,
                site.header().toBuilder()
                        .setPrev(ByteString.copyFrom(new byte[32]))
                        .build()));
        refused(0, Reason.PREV_MISMATCH);
    }

    @Test
    void forgedSignature_isRefusedAndRaisesAnEvent() {
        stream.send(Site.sign(Site.progress("r"), site.header(), SigningKey.generate(new SecureRandom())));
        refused(0, Reason.MISSING_SIGNATURE);
        assertThat(lab.federation().events().newest()).hasAtLeastOneElementOfType(SecurityEvent.Forgery.class);
    }

    /** All of it is on its way before the first of it is appended. */
    @Test
    void statementsBehindAChangeOfKeys_areJudgedByTheKeysThatItGives() {
        SigningKey next = SigningKey.generate(new SecureRandom());
        List<SignedEnvelope> sent = new ArrayList<>(List.of(site.rotation(next)));
        site.said(sent.get(0), TreeHead.EMPTY);
        for (int i = 0; i < 40; i++) {
            SignedEnvelope signed = Site.sign(Site.progress("round"), site.header(), next);
            site.said(signed, TreeHead.EMPTY);
            sent.add(signed);
        }
        stream.send(sent.toArray(SignedEnvelope[]::new));
        for (int i = 0; i < sent.size(); i++) {
            assertThat(stream.isAppended(i)).as("statement %s", i).isTrue();
        }
        assertThat(lab.federation().events().newest()).doesNotHaveAnyElementsOfTypes(SecurityEvent.Forgery.class);
    }

    @Test
    void statementByTheOldKeyBehindAChangeOfKeys_isAForgery() {
        SignedEnvelope rotation = site.rotation(SigningKey.generate(new SecureRandom()));
        site.said(rotation, TreeHead.EMPTY);
        stream.send(rotation, Site.sign(Site.progress("round"), site.header(), site.statementKey()));
        assertThat(stream.isAppended(0)).isTrue();
        assertThat(stream.isAppended(1)).isFalse();
        refused(0, Reason.MISSING_SIGNATURE);
        assertThat(lab.federation().events().newest()).hasAtLeastOneElementOfType(SecurityEvent.Forgery.class);
    }

    @Test
    void statementOfAnother_isRefused() throws Exception {
        Site other = lab.join("hospital-b");
        stream.send(other.next());
        refused(0, Reason.CERTIFICATE_MISMATCH);
    }

    @Test
    void entryAboveTheLimit_isRefusedByName() {
        stream.send(7, ByteString.copyFrom(new byte[65_536]), List.of());
        refused(0, Reason.TOO_LARGE);
        assertThat(stream.refusal(0).getSeq()).isEqualTo(7);
    }

    @Test
    void bytesThatAreNoEnvelope_areRefused() {
        stream.send(0, ByteString.copyFromUtf8("not an envelope"), List.of());
        refused(0, Reason.MALFORMED);
    }

    @Test
    void otherEncodingOfTheEnvelope_isNotCanonical() throws Exception {
        SignedEnvelope good = site.next();
        Envelope parsed = Envelope.parseFrom(good.bytes());
        ByteString reversed = parsed.toBuilder()
                .clearPayloadType()
                .build()
                .toByteString()
                .concat(Envelope.newBuilder()
                        .setPayloadType(parsed.getPayloadType())
                        .build()
                        .toByteString());
        stream.send(0, reversed, List.of());
        refused(0, Reason.NOT_CANONICAL);
    }

    @Test
    void envelopeWithAnUnknownField_isRefused() {
        ByteString unknown = site.next().bytes().concat(ByteString.copyFrom(new byte[] {(byte) 0x78, 1}));
        stream.send(0, unknown, List.of());
        refused(0, Reason.UNKNOWN_FIELD);
    }

    @Test
    void equivocation_isEvidenceAndQuarantineAndOthersGoOn() throws Exception {
        Header header = site.header();
        stream.send(site.next());
        assertThat(stream.index(0)).isEqualTo(2);
        SignedEnvelope second = Site.sign(Site.progress("another"), header, site.statementKey());
        stream.send(second);
        refused(0, Reason.EQUIVOCATION);

        Site other = lab.join("hospital-b"); // stated by the same author, thus after the evidence
        TestStream honest = greet(other);
        honest.send(other.next());
        assertThat(honest.index(0)).isEqualTo(5);

        Evidence evidence =
                (Evidence) EnvelopeOpener.open(lab.federation().readers().entry(3))
                        .statement()
                        .predicate()
                        .orElseThrow();
        assertThat(evidence.getMember()).isEqualTo("hospital-a");
        assertThat(evidence.getFirstIndex()).isEqualTo(2);
        assertThat(evidence.getSecond()).isEqualTo(second.statement().id().toByteString());
        stream.send(site.next());
        refused(1, Reason.QUARANTINED);
        assertThat(lab.federation().events().newest()).hasAtLeastOneElementOfType(SecurityEvent.Equivocation.class);
    }

    @Test
    void secondStatementByAnotherKey_framesNobody() {
        Header header = site.header();
        stream.send(site.next());
        assertThat(stream.index(0)).isEqualTo(2);
        stream.send(Site.sign(Site.progress("x"), header, SigningKey.generate(new SecureRandom())));
        refused(0, Reason.SEQ_TAKEN);
        stream.send(site.next());
        assertThat(stream.index(1)).isEqualTo(3);
    }

    @Test
    void secondStatementForAnotherLog_framesNobody() {
        Header header = site.header();
        stream.send(site.next());
        assertThat(stream.index(0)).isEqualTo(2);
        stream.send(Site.sign(
                Site.progress("x"),
                header.toBuilder().setAudience("other/log/1").build(),
                site.statementKey()));
        refused(0, Reason.SEQ_TAKEN);
    }

    @Test
    void seenThatContradictsTheLog_isAppendedAndRaisesAnEvent() {
        stream.send(sign(
                site,
                site.header().toBuilder()
                        .setSeen(Head.newBuilder().setSize(2).setRoot(ByteString.copyFrom(new byte[32])))
                        .build()));
        assertThat(stream.index(0)).isEqualTo(2);
        assertThat(lab.federation().events().newest())
                .contains(new SecurityEvent.SeenContradiction("hospital-a", 2, 2));
    }

    @Test
    void seenThatTheLogHas_raisesNothing() {
        Head own = lab.federation().appender().published().current().head().toProto();
        stream.send(sign(site, site.header().toBuilder().setSeen(own).build()));
        assertThat(stream.index(0)).isEqualTo(2);
        assertThat(lab.federation().events().newest()).isEmpty();
    }

    @Test
    void helloOfAnotherFederation_isGoodbye() {
        TestStream lost = lab.connect(site)
                .hello(Hello.newBuilder()
                        .addProtocolVersions(1)
                        .setFederation(ByteString.copyFrom(new byte[32]))
                        .build());
        assertThat(lost.goodbye().getReason()).isEqualTo(Reason.WRONG_FEDERATION.code());
    }

    @Test
    void helloOfAnotherVersion_isGoodbye() {
        TestStream lost = lab.connect(site)
                .hello(Hello.newBuilder().addProtocolVersions(99).build());
        assertThat(lost.goodbye().getReason()).isEqualTo(Reason.UNSUPPORTED_VERSION.code());
    }

    @Test
    void statementBeforeHello_isGoodbye() {
        TestStream rude = lab.connect(site).send(site.next());
        assertThat(rude.goodbye().getReason()).isEqualTo(Reason.PROTOCOL.code());
    }

    @Test
    void refusalsWithoutEnd_areGoodbye() {
        for (int i = 0; i < 70; i++) {
            stream.send(i, ByteString.copyFromUtf8("rubbish"), List.of());
        }
        assertThat(stream.goodbye().getReason()).isEqualTo(Reason.FLOOD.code());
    }

    @Test
    void entries_areReadBackUpToThePublishedHead() {
        stream.send(site.next());
        assertThat(stream.index(0)).isEqualTo(2);
        stream.read(1, 1_000);
        assertThat(stream.entries().getEntriesList())
                .containsExactly(
                        lab.federation().readers().entry(1),
                        lab.federation().readers().entry(2));
    }

    @Test
    void halfClosedStream_isAnsweredBeforeItEnds() {
        stream.send(site.next()).half();
        assertThat(stream.index(0)).isEqualTo(2);
        stream.awaitEnd();
    }

    @Test
    void restart_keepsTurnsAndIndexes() throws Exception {
        SignedEnvelope first = site.next();
        stream.send(first);
        assertThat(stream.index(0)).isEqualTo(2);
        lab.restart();
        TestStream again = greet(site);
        assertThat(again.welcome().getExpectedSeq()).isEqualTo(1);
        again.send(first, site.next());
        assertThat(again.index(0)).isEqualTo(2);
        assertThat(again.index(1)).isEqualTo(3);
    }
}
