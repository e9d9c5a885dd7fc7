package dev.weft.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.publish.Cosigning;
import dev.weft.aggregator.publish.FinalHead;
import dev.weft.aggregator.publish.WitnessStatus;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.note.PolicySuccession;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.FinalCheckpoint;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members cosign over the streams they hold, and the log says what is final. */
class CosigningTest {
    @TempDir
    Path folder;

    private Lab lab;
    private Site anna;
    private Site bert;
    private Site carl;

    @BeforeEach
    void found() throws Exception {
        lab = new Lab(folder.resolve("federation"));
        lab.lookAfterStreams();
        anna = lab.join("anna");
        bert = lab.join("bert");
        carl = lab.join("carl");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Standing standing() {
        return lab.federation().appender().standing();
    }

    private TestStream witness(Site site) {
        return lab.connect(site).witness(standing(), site);
    }

    private Cosigning cosigning() {
        return lab.federation().cosigning();
    }

    /** Of a witness that the policy names; a policy that was just stated is noticed a moment later. */
    private WitnessStatus status(String name) {
        long end = System.nanoTime() + 20_000_000_000L;
        Optional<WitnessStatus> found = Optional.empty();
        while (found.isEmpty()) {
            assertThat(System.nanoTime()).as(name + " is a witness").isLessThan(end);
            found = cosigning().view().witnesses().stream()
                    .filter(witness -> witness.name().equals(name))
                    .findFirst();
        }
        return found.get();
    }

    private static void until(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private long say(TestStream stream, Site site) throws Exception {
        var envelope = site.next();
        stream.send(envelope);
        return stream.index(envelope.statement().header().getSeq());
    }

    @Test
    void withoutAPolicy_nobodyIsAskedAndNothingIsFinal() throws Exception {
        TestStream stream = witness(anna);
        say(stream, anna);
        assertThat(cosigning().newest()).isEmpty();
        assertThat(cosigning().view().stated()).isFalse();
        assertThat(stream.finals()).isZero();
    }

    @Test
    void firstPolicy_isInForceWithItsOwnQuorum_andTheNodeGetsTheProof() throws Exception {
        TestStream a = witness(anna);
        TestStream b = witness(bert);
        long policy = lab.policy(Lab.witnesses(2, 0, anna, bert, carl));
        FinalCheckpoint told = a.finality(policy);
        assertThat(told.getPolicies(0).getIndex()).isEqualTo(policy);
        Note note = Note.parse(told.getNote());
        assertThat(note.signatures()).extracting(NoteSignature::name).contains("anna", "bert");
        PolicySuccession judge = new PolicySuccession();
        judge.state(policy, Lab.witnesses(2, 0, anna, bert, carl));
        assertThat(judge.see(policy + 1, note.text(), note.signatures())).isTrue();

        long index = say(a, anna);
        assertThat(a.finality(index).getNote()).isNotEqualTo(told.getNote());
        until("bert has cosigned it", () -> b.witnessed().size() > index);
        assertThat(cosigning().view().policy()).contains(policy);
    }

    @Test
    void missingQuorum_keepsIntakeOpen_andSaysWhoIsMissing() throws Exception {
        TestStream a = witness(anna);
        lab.policy(Lab.witnesses(2, 0, anna, bert, carl));
        long index = say(a, anna);
        say(a, anna);
        until("anna has cosigned", () -> status("anna").size() > index - 1);
        assertThat(cosigning().newest()).isEmpty();
        assertThat(status("bert").mode()).isEmpty();
        TestStream c = witness(carl);
        assertThat(a.finality(index)).isNotNull();
        until("carl has cosigned", () -> c.witnessed().size() > index);
    }

    @Test
    void restart_goesOnWhereItWas_andAWitnessThatIsFurtherIsAskedFromThere() throws Exception {
        TestStream a = witness(anna);
        TestStream b = witness(bert);
        long policy = lab.policy(Lab.witnesses(2, 0, anna, bert));
        a.finality(policy);
        FinalHead before = cosigning().newest().orElseThrow();
        lab.restart();
        lab.lookAfterStreams();
        assertThat(cosigning().newest().orElseThrow().note()).isEqualTo(before.note());
        assertThat(cosigning().view().policy()).contains(policy);
        TestStream a2 = lab.connect(anna);
        a2.resume(a.witnessed());
        a2.witness(standing(), anna); // says size 0, and is further
        TestStream b2 = lab.connect(bert);
        b2.resume(b.witnessed());
        b2.witness(standing(), bert);
        long index = say(a2, anna);
        assertThat(a2.finality(index).getPolicies(0).getNote().isEmpty()).isFalse();
    }

    @Test
    void nextPolicy_needsTheOldQuorumToo() throws Exception {
        TestStream a = witness(anna);
        TestStream b = witness(bert);
        TestStream c = witness(carl);
        a.finality(lab.policy(Lab.witnesses(2, 0, anna, bert)));
        b.fallSilent();
        long second = lab.policy(Lab.witnesses(1, 0, carl));
        say(a, anna);
        until("carl has cosigned", () -> c.witnessed().size() > second);
        assertThat(cosigning().newest().orElseThrow().size()).isLessThanOrEqualTo(second);
        assertThat(cosigning().view().policy().orElseThrow()).isLessThan(second);
        TestStream again = lab.connect(bert);
        again.resume(b.witnessed());
        again.witness(standing(), bert);
        until("the second policy is in force", () -> cosigning().view().policy().orElseThrow() == second);
        long index = say(a, anna);
        assertThat(a.finality(index)).isNotNull();
    }

    @Test
    void forgedLine_countsForNothing_andIsAnEvent() throws Exception {
        TestStream a = witness(anna);
        TestStream b = witness(bert);
        b.forge(line -> ByteString.copyFromUtf8(line.toStringUtf8()
                .replaceFirst("[A-Za-z0-9+/]{6}==?\n$", "AAAAAA==\n")
                .replace("bert", "anna")));
        lab.policy(Lab.witnesses(2, 0, anna, bert));
        until(
                "bert is in trouble",
                () -> cosigning().view().witnesses().stream()
                        .anyMatch(witness -> witness.trouble().isPresent()));
        until("anna has cosigned", () -> status("anna").size() > 0);
        assertThat(status("bert").trouble()).isPresent();
        assertThat(cosigning().newest()).isEmpty();
        assertThat(a.finals()).isZero();
    }

    @Test
    void slowWitness_isAskedOneThingAtATime() throws Exception {
        TestStream a = witness(anna);
        TestStream b = witness(bert);
        b.fallSilent();
        lab.policy(Lab.witnesses(1, 0, anna));
        lab.policy(Lab.witnesses(2, 0, anna, bert));
        for (int i = 0; i < 5; i++) {
            a.finality(say(a, anna) - 1);
        }
        assertThat(b.asked(1)).hasSize(1);
    }

    @Test
    void servedCheckpoint_carriesTheFirstQuorumAlone() throws Exception {
        TestStream a = witness(anna);
        witness(bert);
        witness(carl);
        long policy = lab.policy(Lab.witnesses(2, 0, anna, bert, carl));
        a.finality(policy);
        Note served = Note.parse(cosigning().newest().orElseThrow().served());
        assertThat(served.signatures()).hasSize(3);
    }
}
