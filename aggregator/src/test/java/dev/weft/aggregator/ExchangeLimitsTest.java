package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import dev.weft.proto.v1.Hello;
import dev.weft.proto.v1.NodeMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that send too much or read nothing, and an anchor that cannot be written. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
final class ExchangeLimitsTest {
    private static final int WINDOW = 2;

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Lab.CLOCK.instant());
    private Lab lab;
    private Site site;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"), Map.of("intake.window", Integer.toString(WINDOW)), now::get);
        site = lab.join("hospital-a");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    /** A directory where the anchor's next version would be written: nobody can, not even the superuser. */
    private Path obstruct() throws Exception {
        return Files.createDirectory(lab.directory().resolve("aggregator.anchor.tmp"));
    }

    @Test
    void anchorThatCannotBeWritten_letsNothingLeaveUntilItCan() throws Exception {
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        assertThat(stream.welcome().getWindow()).isEqualTo(WINDOW);
        long published = lab.federation().appender().published().current().size();
        Path obstacle = obstruct();

        stream.send(site.next());
        while (lab.federation().appender().trouble().isEmpty()) {
            Thread.onSpinWait();
        }

        assertThat(lab.federation().appender().trouble())
                .hasValueSatisfying(
                        why -> assertThat(why).startsWith("unavailable: ").contains("anchor"));
        assertThat(lab.federation().readers().size())
                .as("committed, and nobody was told")
                .isEqualTo(published + 1);
        assertThat(lab.federation().appender().published().current().size()).isEqualTo(published);
        assertThat(stream.seen().size()).isLessThanOrEqualTo(published);

        Files.delete(obstacle);
        assertThat(stream.index(0)).isEqualTo(published);
        assertThat(lab.federation().appender().trouble()).isEmpty();
    }

    @Test
    void moreThanTheWindow_endsTheStreamAndLosesNothingBelowIt() throws Exception {
        TestStream stream = lab.connect(site).hello(lab.federation().appender().standing());
        assertThat(stream.welcome().getWindow()).isEqualTo(WINDOW);
        Path obstacle = obstruct(); // so that no answer makes room meanwhile

        stream.send(site.next(), site.next(), site.next());

        assertThat(stream.goodbye().getReason()).isEqualTo(Reason.FLOOD.code());
        assertThat(stream.goodbye().getMessage()).contains("More than 2 statements", "keep to the window");
        assertThat(lab.federation().events().newest())
                .contains(new SecurityEvent.StreamEnded("hospital-a", Reason.FLOOD));
        Files.delete(obstacle);
        while (lab.federation().appender().published().current().size() < 2 + WINDOW) {
            Thread.onSpinWait();
        }
        TestStream again = lab.connect(site).hello(lab.federation().appender().standing());
        assertThat(again.welcome().getExpectedSeq())
                .as("the third was not taken")
                .isEqualTo(WINDOW);
    }

    @Test
    void readerThatStalls_isSentAwayAndHoldsNothingUp() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            lab.lookAfterStreams(timer);
            ClientCall<NodeMessage, AggregatorMessage> deaf =
                    lab.channel().newCall(ExchangeGrpc.getConnectMethod(), CallOptions.DEFAULT);
            Metadata headers = new Metadata();
            headers.put(Lab.MEMBER, site.name().value());
            deaf.start(new ClientCall.Listener<>() {}, headers); // and never asks for a message
            deaf.sendMessage(NodeMessage.newBuilder()
                    .setHello(Hello.newBuilder()
                            .addProtocolVersions(1)
                            .setFederation(lab.federation().federation().id().toByteString()))
                    .build());
            SecurityEvent sentAway = new SecurityEvent.StreamEnded("hospital-a", Reason.STALLED);

            while (!lab.federation().events().newest().contains(sentAway)) {
                now.updateAndGet(instant -> instant.plusSeconds(1)); // time flies
                Thread.onSpinWait();
            }

            TestStream other =
                    lab.connect(site).hello(lab.federation().appender().standing());
            other.send(site.next());
            assertThat(other.index(0)).isEqualTo(2);
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void fifthStreamOfOneMember_isBusy() {
        for (int i = 0; i < 4; i++) {
            assertThat(lab.connect(site)
                            .hello(lab.federation().appender().standing())
                            .welcome()
                            .getWindow())
                    .isEqualTo(WINDOW);
        }

        TestStream fifth = lab.connect(site).hello(lab.federation().appender().standing());

        assertThat(fifth.failure()).hasMessageContaining("RESOURCE_EXHAUSTED").hasMessageContaining("come back later");
    }
}
