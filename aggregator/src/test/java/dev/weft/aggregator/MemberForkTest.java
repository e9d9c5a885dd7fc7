package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.accept.ForkFolder;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.proto.Reason;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkVerdict;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that contradict themselves leave files that convince anybody; honest ones are accused by none. */
@SuppressWarnings("NullAway.Init")
final class MemberForkTest {
    @TempDir
    private Path folder;

    private Lab lab;
    private Site site;
    private TestStream stream;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(folder.resolve("a"));
        site = lab.join("hospital-a");
        stream = lab.connect(site).hello(lab.federation().appender().standing());
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private List<Path> files() {
        return new ForkFolder(lab.directory()).all();
    }

    private ForkVerdict proved() throws Exception {
        assertThat(files()).hasSize(1);
        return ForkProof.parse(ByteString.copyFrom(Files.readAllBytes(files().get(0))))
                .verify();
    }

    private void refused(int number, Reason reason) {
        assertThat(stream.refusal(number).getReason()).isEqualTo(reason.code());
    }

    private static List<Digest> records(String kind, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Hashing.sha256(ByteString.copyFromUtf8(kind + i)))
                .toList();
    }

    private SignedEnvelope withSite(TreeHead head, SigningKey key) {
        Header header = site.header().toBuilder().setSiteHead(head.toProto()).build();
        return Site.sign(Site.progress("round of " + head), header, key);
    }

    private void states(TreeHead head) {
        SignedEnvelope signed = withSite(head, site.statementKey());
        stream.sendWithPath(signed, List.of());
        assertThat(stream.index(0)).isEqualTo(2);
        site.said(signed, head);
    }

    /** Waits until the log's thread is past what it was sent: the second one is of a later batch. */
    private void settled() throws Exception {
        Site first = lab.join("hospital-y");
        Site second = lab.join("hospital-z");
        assertThat(first.name()).isNotEqualTo(second.name());
    }

    @Test
    void twoStatementsForOneSeq_leaveAFile_whichARestartBringsBack() throws Exception {
        Header header = site.header();
        stream.send(site.next());
        assertThat(stream.index(0)).isEqualTo(2);
        stream.send(Site.sign(Site.progress("another"), header, site.statementKey()));
        refused(0, Reason.EQUIVOCATION);
        settled();
        ForkVerdict verdict = proved();
        assertThat(verdict.kind()).isEqualTo("equivocation");
        assertThat(verdict.accused()).isEqualTo("hospital-a");
        assertThat(verdict.federation())
                .isEqualTo(lab.federation().appender().standing().federation());
        assertThat(lab.federation().events().newest())
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                SecurityEvent.Equivocation.class,
                                found -> assertThat(found.proof())
                                        .contains(files().get(0).toString())));
        byte[] before = Files.readAllBytes(files().get(0));
        Path backup = folder.resolve("backup");
        Backup.write(lab.directory(), backup);
        assertThat(new ForkFolder(backup).all()).hasSize(1);
        // As if a crash had come before the file.
        Files.delete(files().get(0));
        Files.writeString(lab.directory().resolve("forks/equivocation-hospital-a-0-0.weft-fork.tmp"), "half");
        lab.restart();
        assertThat(proved().accused()).isEqualTo("hospital-a");
        assertThat(Files.readAllBytes(files().get(0)))
                .as("at a later checkpoint")
                .isNotEqualTo(before);
        byte[] again = Files.readAllBytes(files().get(0));
        lab.restart();
        assertThat(Files.readAllBytes(files().get(0))).as("never written over").isEqualTo(again);
    }

    @Test
    void siteLogThatWentBack_isRefusedAndProved_onceHoweverOftenItIsSent() throws Exception {
        states(MerkleMath.head(records("a", 5)));
        SignedEnvelope back = withSite(MerkleMath.head(records("a", 3)), site.statementKey());
        for (int i = 0; i < 3; i++) {
            stream.sendWithPath(back, List.of());
            refused(i, Reason.SITE_PROOF_INVALID);
        }
        settled();
        ForkVerdict verdict = proved();
        assertThat(verdict.kind()).isEqualTo("site-fork");
        assertThat(verdict.facts().get(2)).contains("only grows");
        assertThat(lab.federation().events().newest().stream().filter(SecurityEvent.SiteForked.class::isInstance))
                .hasSize(1);
    }

    @Test
    void siteLogThatWasRewritten_isProvedByThePathThatItsAuthorSent() throws Exception {
        states(MerkleMath.head(records("a", 5)));
        List<Digest> others = records("b", 9);
        SignedEnvelope rewritten = withSite(MerkleMath.head(others), site.statementKey());
        stream.sendWithPath(
                rewritten,
                ConsistencyProof.prove(MerkleMath.reader(others), 5, 9).toProto());
        refused(0, Reason.SITE_PROOF_INVALID);
        settled();
        assertThat(proved().facts().get(2)).contains("at size 5");
    }

    @Test
    void siteLogThatNoPathContradicts_isRefused_andProvesNothing() throws Exception {
        states(MerkleMath.head(records("a", 4)));
        List<Digest> others = records("b", 9);
        stream.sendWithPath(withSite(MerkleMath.head(others), site.statementKey()), List.of());
        refused(0, Reason.SITE_PROOF_INVALID);
        // Four is a power of two: the path does not carry the root that was there.
        stream.sendWithPath(
                withSite(MerkleMath.head(others), site.statementKey()),
                ConsistencyProof.prove(MerkleMath.reader(others), 4, 9).toProto());
        refused(1, Reason.SITE_PROOF_INVALID);
        settled();
        assertThat(files()).isEmpty();
    }

    @Test
    void rewrittenSiteLogUnderAnotherKey_framesNobody() throws Exception {
        states(MerkleMath.head(records("a", 5)));
        SigningKey stranger = SigningKey.generate(new SecureRandom());
        stream.sendWithPath(withSite(MerkleMath.head(records("b", 5)), stranger), List.of());
        refused(0, Reason.SITE_PROOF_INVALID);
        settled();
        assertThat(files()).isEmpty();
        assertThat(lab.federation().events().newest()).noneMatch(event -> event instanceof SecurityEvent.SiteForked);
    }
}
