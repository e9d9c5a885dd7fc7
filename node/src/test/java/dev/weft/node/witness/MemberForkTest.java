package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkVerdict;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.CosignatureLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that takes what a member says twice: the mirror sees it, shows it to anybody, and accuses nobody who is honest. */
class MemberForkTest {
    @TempDir
    Path directory;

    private SharedHistory log;
    private WitnessingNode node;
    private long cosignedSize;

    @BeforeEach
    void open() throws Exception {
        log = new SharedHistory();
        log.admit("hospital-b");
        log.admit("hospital-c");
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        cosigned();
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    private static TreeHead records(long size, String root) {
        return new TreeHead(size, Hashing.sha256(ByteString.copyFromUtf8(root)));
    }

    private void cosigned() throws Exception {
        CosignatureLines answer = node.cosign(log, cosignedSize);
        assertThat(answer.getReason()).isEmpty();
        cosignedSize = log.size();
    }

    /** By the mirror that followed the checkpoint already, or when it is asked. */
    private void refused() throws Exception {
        assertThat(node.cosign(log, cosignedSize).getReason()).isIn(Reason.EQUIVOCATION.code(), Reason.STOPPED.code());
    }

    private List<Path> files() {
        return new ForkFolder(directory).all();
    }

    private static ForkVerdict verdict(Path file) throws Exception {
        return ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(file))).verify();
    }

    private String told() {
        return node.events.recent().stream()
                .map(noticed -> noticed.event())
                .filter(SecurityEvent.MemberForked.class::isInstance)
                .map(SecurityEvent::sentence)
                .findFirst()
                .orElse("");
    }

    @Test
    void twoStatementsForOneSeqInOneLog_areProved_andNothingIsCosignedFromThereOn() throws Exception {
        log.state("hospital-b", records(1, "one"));
        log.state("hospital-b", records(2, "two"));
        cosigned();
        log.take("hospital-b", 0, records(1, "one"), log.statementKey("hospital-b"));
        refused();
        assertThat(files()).hasSize(1);
        ForkVerdict verdict = verdict(files().get(0));
        assertThat(verdict.kind()).isEqualTo("equivocation");
        assertThat(verdict.accused()).isEqualTo("hospital-b");
        assertThat(told()).contains("hospital-b", "seq 0", files().get(0).toString());
        log.state("hospital-c", TreeHead.EMPTY);
        refused();
    }

    @Test
    void siteLogThatGoesBackOrIsRewritten_isProved() throws Exception {
        log.state("hospital-b", records(4, "four"));
        log.state("hospital-b", records(3, "three"));
        refused();
        ForkVerdict verdict = verdict(files().get(0));
        assertThat(verdict.kind()).isEqualTo("site-fork");
        assertThat(verdict.facts().get(2)).contains("only grows");
    }

    @Test
    void siteLogOfOneSizeWithTwoRoots_isProvedAfterARestartToo() throws Exception {
        log.state("hospital-c", records(4, "four"));
        cosigned();
        node.close();
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        log.state("hospital-c", records(4, "another four"));
        refused();
        assertThat(verdict(files().get(0)).facts().get(2)).contains("Both say size 4");
        byte[] before = Files.readAllBytes(files().get(0));
        node.close();
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        node.checkpoint(log);
        WitnessingNode.until("found again", () -> !told().isEmpty());
        assertThat(files()).hasSize(1);
        assertThat(Files.readAllBytes(files().get(0))).isEqualTo(before);
    }

    @Test
    void statementByAForeignKeyAtATakenSeq_accusesTheLogAndNotTheMember() throws Exception {
        log.state("hospital-b", records(1, "one"));
        log.take("hospital-b", 0, records(1, "one"), SigningKey.generate(new SecureRandom()));
        refused();
        assertThat(files()).isEmpty();
        assertThat(told()).contains("accused by nobody", "No file can show it");
    }

    @Test
    void growingSiteLogs_ofManyMembers_areCosigned() throws Exception {
        for (int i = 1; i < 6; i++) {
            log.state("hospital-b", records(i, "b" + i));
            log.state("hospital-c", records(1, "c"));
            cosigned();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void listOfForks_showsAllKinds() throws Exception {
        log.state("hospital-b", records(1, "one"));
        SharedHistory other = log.fork();
        log.take("hospital-b", 0, records(1, "one"), log.statementKey("hospital-b"));
        refused();
        other.state("hospital-c", TreeHead.EMPTY);
        assertThatThrownBy(() -> node.witness.compare(other.note()).get())
                .hasCauseInstanceOf(VerificationException.class);
        Forks forks = Forks.keep(
                node.sharedLog,
                new Forks.Founded(log.genesis(), List.of(), Optional.empty()),
                new ForkFolder(directory));
        assertThat(forks.found()).hasSize(2).allMatch(found -> found.file().isPresent());
        assertThat(forks.found().get(0).sentence()).contains("the log signed");
        assertThat(forks.found().get(1).sentence()).contains("hospital-b", "two different statements");
    }

    @Test
    void statementThatWasShownElsewhere_isComparedWithTheCopy() throws Exception {
        SharedHistory other = log.fork();
        log.state("hospital-b", records(1, "one"));
        other.state("hospital-c", TreeHead.EMPTY);
        other.state("hospital-b", records(1, "one"));
        cosigned();
        ByteString here = log.entries(log.size() - 1, 1).get(0);
        ByteString there = other.entries(other.size() - 1, 1).get(0);
        assertThat(node.witness.compareStatement(here).get()).startsWith("the same");
        assertThat(node.witness
                        .compareStatement(other.entries(other.size() - 2, 1).get(0))
                        .get())
                .startsWith("not decided");
        assertThatThrownBy(() -> node.witness.compareStatement(there).get())
                .hasMessageContaining("signed two different ones");
        assertThat(verdict(files().get(0)).accused()).isEqualTo("hospital-b");
        assertThat(node.raised("member-equivocated")).isTrue();
        assertThat(node.sharedLog.forked()).as("the log may be honest").isFalse();
    }

    @Test
    void statementElsewhereUnderAForeignKey_framesNobody() throws Exception {
        SharedHistory forger = log.fork();
        log.state("hospital-b", records(1, "one"));
        cosigned();
        forger.state("hospital-c", TreeHead.EMPTY);
        forger.take("hospital-b", 0, records(1, "one"), SigningKey.generate(new SecureRandom()));
        ByteString forged = forger.entries(forger.size() - 1, 1).get(0);
        assertThatThrownBy(() -> node.witness.compareStatement(forged).get()).hasMessageContaining("proves nothing");
        assertThat(files()).isEmpty();
        assertThat(node.raised("member-equivocated")).isFalse();
    }
}
