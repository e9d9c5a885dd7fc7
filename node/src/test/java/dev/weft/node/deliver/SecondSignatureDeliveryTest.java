package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.Submission;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits in the outbox when root requires second signatures. */
class SecondSignatureDeliveryTest {
    private final SecureRandom random = new SecureRandom();
    private final MlDsaSigningKey second = MlDsaSigningKey.generate(random);

    @TempDir
    private Path directory;

    private FakeAggregator aggregator;
    private Site site;

    @BeforeEach
    void open() throws Exception {
        aggregator = new FakeAggregator(random);
        site = new Site(directory, aggregator, random);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
        aggregator.close();
    }

    private int signTwice() throws Exception {
        return site.database.write(connection -> site.outbox.signTwice(connection, second));
    }

    @Test
    void whatWaits_gainsTheSecondSignature_andStaysTheSameStatement() throws Exception {
        List<SignedEnvelope> said = site.say(3);
        assertThat(signTwice()).isZero();
        assertThat(signTwice()).as("once more, as after a crash").isZero();
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 3);
        for (int i = 0; i < 3; i++) {
            OpenedEnvelope logged = EnvelopeOpener.open(aggregator.entry(2 + i));
            assertThat(logged.statement().id())
                    .isEqualTo(said.get(i).statement().id());
            assertThat(logged.names(second.verifyingKey().id())).isTrue();
            assertThat(EnvelopeSigner.withoutSecond(logged))
                    .isEqualTo(said.get(i).bytes());
        }
    }

    @Test
    void aStatementThatTheLogHasAlready_keepsTheEnvelopeThatItHasThere() throws Exception {
        aggregator.manners.silent = true;
        SignedEnvelope appended = site.say(1).get(0);
        site.deliverer.start();
        Await.until("sent", () -> !aggregator.received.isEmpty());
        site.close();
        site = new Site(directory, aggregator, random);
        SignedEnvelope waiting = site.say(1).get(0);
        assertThat(signTwice()).isZero();
        aggregator.manners.silent = false;
        site.deliverer.start();
        Await.until("both durable", () -> site.durable() == 2);
        assertThat(site.statements().get(0).envelope())
                .isEqualTo(appended.bytes())
                .isEqualTo(aggregator.entry(2));
        assertThat(site.statements().get(1).envelope())
                .isEqualTo(doubled(waiting))
                .isEqualTo(aggregator.entry(3));
        assertThat(aggregator.received).extracting(Submission::getEnvelope).contains(doubled(appended));
    }

    @Test
    void whatWasDelivered_isLeftAsItIs() throws Exception {
        SignedEnvelope done = site.say(1).get(0);
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 1);
        assertThat(signTwice()).isZero();
        assertThat(site.statements().get(0).envelope()).isEqualTo(done.bytes());
    }

    @Test
    void theLargestStatementThatMayWait_hasRoomForTheSecondSignature() throws Exception {
        SignedEnvelope largest = site.say(SecondSignatureDeliveryTest::largest);
        assertThat(EnvelopeOpener.open(largest.bytes()).envelope().getPayload().size())
                .isEqualTo(EnvelopeOpener.LIMITS.getMaxPayloadBytes());
        assertThat(signTwice()).isZero();
        site.deliverer.start();
        Await.until("durable", () -> site.durable() == 1);
        ByteString logged = aggregator.entry(2);
        assertThat(logged).isEqualTo(doubled(largest));
        assertThat(EnvelopeOpener.open(logged).statement().id())
                .isEqualTo(largest.statement().id());
    }

    /** A round opened to so many sites that its payload is as large as any may be. */
    private static Round largest(Header header) {
        int left = EnvelopeOpener.LIMITS.getMaxPayloadBytes()
                - CanonicalJson.print(opening(header, List.of("x"))).size();
        int one = ",\"site-00000\"".length();
        List<String> sites = IntStream.range(0, left / one)
                .mapToObj("site-%05d"::formatted)
                .collect(Collectors.toCollection(ArrayList::new));
        sites.add("x".repeat(1 + left % one));
        return opening(header, sites);
    }

    private static Round opening(Header header, List<String> sites) {
        return Round.newBuilder()
                .setHeader(header)
                .setOpen(Open.newBuilder()
                        .setRound(Site.FEDERATION.toByteString())
                        .addAllExpected(sites))
                .build();
    }

    private ByteString doubled(SignedEnvelope signed) throws VerificationException {
        return EnvelopeSigner.with(EnvelopeOpener.open(signed.bytes()), second);
    }
}
