package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.db.RelayStore;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.statement.Sealed;
import dev.weft.proto.v1.SealedKind;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sealed messages from member to member: passed on to the one they are for, and to nobody else, and then gone. */
@SuppressWarnings("NullAway.Init")
@Timeout(120)
final class RelayTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Lab.CLOCK.instant());
    private final HpkeKey reader = HpkeKey.generate(RANDOM);
    private Lab lab;
    private Site site;
    private Site auditor;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"), Map.of("relay.keep", "1h", "relay.megabytes", "1"), now::get);
        site = lab.join("hospital-a");
        auditor = lab.join("auditor");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private SealedMessage message(String to, String text) throws Exception {
        return message(to, ByteString.copyFromUtf8(text));
    }

    private SealedMessage message(String to, ByteString text) throws Exception {
        return SealedMessage.newBuilder()
                .setTo(to)
                .setKind(SealedKind.DISCLOSURE)
                .setAbout(Hashing.sha256("request".getBytes(StandardCharsets.UTF_8))
                        .toByteString())
                .setSealed(HpkeKey.seal(reader.toProto(), ByteString.copyFromUtf8("info"), text, RANDOM))
                .build();
    }

    private TestStream sender() {
        return lab.connect(site).hello(lab.federation().appender().standing());
    }

    private TestStream reader(Site member, boolean taking) {
        return lab.connect(member).reader(lab.federation().appender().standing(), taking);
    }

    private boolean bytesHold(SealedMessage message) throws Exception {
        byte[] part =
                message.getSealed().substring(message.getSealed().size() - 20).toByteArray();
        for (String name : new String[] {RelayStore.FILE, RelayStore.FILE + "-wal"}) {
            Path file = lab.directory().resolve(name);
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            for (int i = 0; i + part.length <= bytes.length; i++) {
                if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void messageForAMember_reachesItAloneAndIsDeletedOnceItHasIt() throws Exception {
        Site other = lab.join("hospital-b");
        TestStream bystander = reader(other, true);
        SealedMessage sent = message("auditor", "12.5 mmol/l");

        TestStream sender = sender().deposit(sent);
        assertThat(sender.sealedAnswer(0).getState()).isEqualTo(SealedState.KEPT);
        assertThat(bytesHold(sent)).isTrue();
        TestStream receiver = reader(auditor, true);

        SealedMessage got = receiver.sealed(0);
        assertThat(got).isEqualTo(sent.toBuilder().setFrom("hospital-a").build());
        assertThat(reader.open(ByteString.copyFromUtf8("info"), got.getSealed()).toStringUtf8())
                .isEqualTo("12.5 mmol/l");
        sender.deposit(sent);
        assertThat(sender.sealedAnswer(1).getState())
                .as("sent again, to hear more")
                .isEqualTo(SealedState.TAKEN);
        assertThat(bytesHold(sent)).as("deleted, in the write-ahead log too").isFalse();
        assertThat(bystander.sealedSoFar()).isZero();
    }

    @Test
    void senderNamesAnotherSender_isOverruledByItsCertificate() throws Exception {
        sender().deposit(message("auditor", "x").toBuilder()
                .setFrom("hospital-b")
                .build());

        assertThat(reader(auditor, true).sealed(0).getFrom()).isEqualTo("hospital-a");
    }

    @Test
    void readerThatDiesBeforeItSaysSo_isSentItAgainAlsoByTheNextProcess() throws Exception {
        SealedMessage sent = message("auditor", "kept");
        sender().deposit(sent).sealedAnswer(0);
        assertThat(reader(auditor, false).sealed(0).getSealed()).isEqualTo(sent.getSealed());
        TestStream second = reader(auditor, false);
        assertThat(second.sealed(0).getSealed()).isEqualTo(sent.getSealed());

        lab.restart();

        assertThat(reader(auditor, true).sealed(0).getSealed()).isEqualTo(sent.getSealed());
    }

    @Test
    void another_cannotTakeWhatIsNotForIt() throws Exception {
        Site thief = lab.join("thief");
        SealedMessage sent = message("auditor", "kept");
        TestStream sender = sender().deposit(sent);
        sender.sealedAnswer(0);
        TestStream stealing = reader(thief, true);
        stealing.take(Sealed.id(sent));
        stealing.deposit(message("thief", "a round trip")).sealedAnswer(0);

        sender.deposit(sent);

        assertThat(sender.sealedAnswer(1).getState()).isEqualTo(SealedState.KEPT);
    }

    @Test
    void readerWhoNeverComes_costsAnHourAndItsSenderHears() throws Exception {
        SealedMessage sent = message("auditor", "late");
        TestStream sender = sender().deposit(sent);
        sender.sealedAnswer(0);
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(61)));
        lab.federation().relay().look();

        sender.deposit(sent);

        assertThat(sender.sealedAnswer(1).getState()).isEqualTo(SealedState.EXPIRED);
        assertThat(bytesHold(sent)).isFalse();
    }

    @Test
    void messageForNobodyOrForTheRevoked_isTurnedAway() throws Exception {
        TestStream sender = sender().deposit(message("stranger", "x"));
        assertThat(sender.sealedAnswer(0).getReason()).isEqualTo(Reason.NOT_MEMBER.code());
        lab.revoke("auditor");
        sender.deposit(message("auditor", "x"));
        assertThat(sender.sealedAnswer(1).getReason()).isEqualTo(Reason.REVOKED.code());
        assertThat(sender.sealedAnswer(1).getRetry()).isFalse();
    }

    @Test
    void flood_fillsTheRoomAndNotTheDisk() throws Exception {
        TestStream sender = sender();
        int kept = 0;
        for (int i = 0; i < 30; i++) {
            sender.deposit(message("auditor", ByteString.copyFrom(new byte[60_000])));
            if (sender.sealedAnswer(i).getState() == SealedState.KEPT) {
                kept++;
            } else {
                assertThat(sender.sealedAnswer(i).getReason()).isEqualTo(Reason.BUSY.code());
                assertThat(sender.sealedAnswer(i).getRetry()).isTrue();
            }
        }
        assertThat(kept).isEqualTo(17); // of 60,048 bytes in one megabyte
        TestStream receiver = reader(auditor, true);
        assertThat(receiver.sealed(16).getTo()).isEqualTo("auditor");
    }

    @Test
    void malformed_isTurnedAwayAndKeepsTheStreamOpen() throws Exception {
        SealedMessage good = message("auditor", "x");
        TestStream sender = sender().deposit(good.toBuilder()
                .setSealed(ByteString.copyFrom(new byte[Sealed.MOST + 1]))
                .build());
        assertThat(sender.sealedAnswer(0).getReason()).isEqualTo(Reason.TOO_LARGE.code());
        sender.deposit(good.toBuilder().setKindValue(99).build());
        assertThat(sender.sealedAnswer(1).getReason()).isEqualTo(Reason.BAD_VALUE.code());
        sender.deposit(good.toBuilder().setTo("Root/..").build());
        assertThat(sender.sealedAnswer(2).getReason()).isEqualTo(Reason.BAD_NAME.code());
        sender.deposit(good.toBuilder().clearAbout().build());
        assertThat(sender.sealedAnswer(3).getReason()).isEqualTo(Reason.MISSING_FIELD.code());
        sender.deposit(good);
        assertThat(sender.sealedAnswer(4).getState()).isEqualTo(SealedState.KEPT);
    }
}
