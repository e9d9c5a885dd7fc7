package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Submission;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
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

    private ByteString doubled(SignedEnvelope signed) throws VerificationException {
        return EnvelopeSigner.with(EnvelopeOpener.open(signed.bytes()), second);
    }
}
