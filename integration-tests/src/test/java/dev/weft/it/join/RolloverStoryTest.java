package dev.weft.it.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.join.CertificateRenewal;
import dev.weft.node.join.Join;
import dev.weft.node.join.KeyPurpose;
import dev.weft.node.join.NextKeys;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.upkeep.KeyRotation;
import dev.weft.node.upkeep.Recovery;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of keys that are cut short, and how a rollover reaches the log without a certificate that opens a stream. */
class RolloverStoryTest {
    private static final Duration CERTIFICATE = Duration.ofDays(30);

    @TempDir
    private Path home;

    private ListedFederation federation;

    @BeforeEach
    void join() throws Exception {
        federation = new ListedFederation(CERTIFICATE);
        NodeIdentity unused = Join.join(home, federation.invite("hospital-a"), federation.random, federation.clock);
        try (Recovery recovery = recovery()) {
            assertThat(recovery.look().needed()).isFalse(); // makes database and anchor, as a start does
        }
    }

    @AfterEach
    void close() {
        federation.close();
    }

    private Recovery recovery() throws Exception {
        return new Recovery(NodeConfig.load(home, Map.of(), Map.of()), federation.random, federation.clock);
    }

    private SigningKey recoveryKey(String file) throws Exception {
        return NextKeys.recoveryKey(home.resolve(file));
    }

    private void sql(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("node.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void refused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    @Test
    void rollover_travelsWithItsRenewal_evenWhenTheCertificateHasEnded() throws Exception {
        Files.delete(home.resolve("node.anchor"));
        federation.clock.advance(CERTIFICATE.plusDays(10));
        try (Recovery recovery = recovery()) {
            assertThat(recovery.look().stopped()).isPresent();
            refused(
                    Reason.UNKNOWN_KEY,
                    () -> recovery.run(SigningKey.generate(federation.random), Optional.empty(), "all"));
            assertThat(recovery.run(recoveryKey("recovery.key"), Optional.empty(), "all")
                            .incarnation())
                    .isEqualTo(1);
        }
        int entries = federation.size();
        NodeIdentity rolled = NodeIdentity.load(home);
        assertThat(rolled.incarnation()).isEqualTo(1);
        assertThat(rolled.certificateOutdated()).isTrue();
        CertificateRenewal renewal = new CertificateRenewal(home, rolled, federation.clock);
        try (MutualTls peer = new MutualTls(rolled.addresses(), renewal::credentials)) {
            assertThat(renewal.renewIfDue(peer)).isTrue();
        }
        assertThat(federation.size()).as("the rollover is in the log").isEqualTo(entries + 1);
        NodeIdentity certified = NodeIdentity.load(home);
        assertThat(certified.certificateOutdated()).isFalse();
        assertThat(home.resolve("keys/next")).doesNotExist();
        assertThat(home.resolve("recovery-1.key")).exists();
    }

    @Test
    void rolloverThatCouldNotBeCommitted_isTheSameOneAtTheNextAttempt() throws Exception {
        Files.delete(home.resolve("node.anchor"));
        sql("CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END");
        try (Recovery recovery = recovery()) {
            assertThatThrownBy(() -> recovery.run(recoveryKey("recovery.key"), Optional.empty(), "all"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the disk is gone");
        }
        assertThat(NodeIdentity.load(home).incarnation()).isZero();
        ByteString signed = new NextKeys(home).rollover().orElseThrow();
        sql("DROP TRIGGER broken");
        refused(
                Reason.STOPPED,
                () -> new KeyRotation(home, federation.random, federation.clock).run(EnumSet.of(KeyPurpose.TLS)));
        try (Recovery recovery = recovery()) {
            assertThat(recovery.look().begun()).isTrue();
            Recovery.RolledOver unused = recovery.run(recoveryKey("recovery.key"), Optional.empty(), "something else");
        }
        assertThat(NodeIdentity.load(home).keyHistory().rollover()).isEqualTo(signed);
    }

    @Test
    void rotationThatCouldNotBeCommitted_leavesTheKeysInForce() throws Exception {
        NodeIdentity before = NodeIdentity.load(home);
        sql("CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END");
        KeyRotation rotation = new KeyRotation(home, federation.random, federation.clock);
        assertThatThrownBy(() -> rotation.run(EnumSet.of(KeyPurpose.STATEMENT, KeyPurpose.TLS)))
                .isInstanceOf(IOException.class);
        NodeIdentity after = NodeIdentity.load(home);
        after.install(home);
        assertThat(after.statementKey().verifyingKey())
                .isEqualTo(before.statementKey().verifyingKey());
        sql("DROP TRIGGER broken");
        assertThat(rotation.run(EnumSet.of(KeyPurpose.STATEMENT)).seq()).isZero();
        assertThat(NodeIdentity.load(home).statementKey().verifyingKey())
                .isNotEqualTo(before.statementKey().verifyingKey());
        refused(Reason.BAD_VALUE, () -> rotation.run(EnumSet.of(KeyPurpose.RECOVERY)));
    }

    @Test
    void secondKey_isMadeByRotation_keptFromOthers_andReplacedByARollover() throws Exception {
        KeyRotation rotation = new KeyRotation(home, federation.random, federation.clock);
        assertThat(NodeIdentity.load(home).keyHistory().since()).doesNotContainKey(KeyPurpose.SECOND);
        assertThat(rotation.run(EnumSet.of(KeyPurpose.SECOND)).seq()).isZero();
        Path file = home.resolve("keys/second.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(NodeIdentity.load(home).keyHistory().since()).containsKey(KeyPurpose.SECOND);
        String first = Files.readString(file);

        Files.delete(home.resolve("node.anchor"));
        try (Recovery recovery = recovery()) {
            Recovery.RolledOver unused = recovery.run(recoveryKey("recovery.key"), Optional.empty(), "all");
        }
        assertThat(Files.readString(file)).isNotEqualTo(first);
        assertThat(NodeIdentity.load(home)
                        .keyHistory()
                        .member()
                        .keys()
                        .getSecond()
                        .getKey())
                .hasSize(MlDsaKey.SIZE);
        Files.delete(file);
        Files.delete(home.resolve("keys/next/second.key"));
        refused(Reason.BAD_KEY, () -> NodeIdentity.load(home));
    }

    @Test
    void undeliveredRollover_isNotRolledOverAgain() throws Exception {
        Files.delete(home.resolve("node.anchor"));
        try (Recovery recovery = recovery()) {
            Recovery.RolledOver unused = recovery.run(recoveryKey("recovery.key"), Optional.empty(), "all");
        }
        try (Recovery recovery = recovery()) {
            refused(Reason.BUSY, () -> recovery.run(recoveryKey("recovery-1.key"), Optional.empty(), "again"));
            refused(Reason.UNKNOWN_KEY, () -> recovery.run(recoveryKey("recovery.key"), Optional.empty(), "again"));
        }
    }
}
