package dev.weft.node.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.FinalCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is final is this node's own verdict. */
class FinalityTest {
    @TempDir
    Path directory;

    private SharedHistory log;
    private WitnessingNode node;

    @BeforeEach
    void open() throws Exception {
        log = new SharedHistory();
        log.say("hospital-b");
        node = new WitnessingNode(directory, log, WitnessMode.LIGHT);
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    private void refused(Reason reason, FinalCheckpoint claim) {
        assertThatThrownBy(() -> node.finality.accept(claim))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
        assertThat(node.raised("finality-refused")).isTrue();
    }

    @Test
    void beforeAPolicy_nothingIsFinal() throws Exception {
        node.checkpoint(log);
        assertThat(node.finality.view().sentence()).startsWith("no witness policy");
        refused(
                Reason.QUORUM_MISSING,
                log.finality(log.cosigned(2, "a", "b"), 2).build());
        assertThat(node.finality.finalSize()).isZero();
    }

    @Test
    void quorum_makesFinal_andARestartRemembers() throws Exception {
        long policy = log.policy(2, 0, "a", "b", "c");
        node.checkpoint(log);
        long size = log.size();
        node.finality.accept(
                log.finality(log.cosigned(size, "a", "c"), size, policy).build());
        assertThat(node.finality.finalSize()).isEqualTo(size);
        assertThat(node.finality.view().inForce().orElseThrow().stated().index())
                .isEqualTo(policy);
        node.close();
        node = new WitnessingNode(directory, log, WitnessMode.LIGHT);
        assertThat(node.finality.finalSize()).isEqualTo(size);
        assertThat(node.finality.view().sentence()).contains("2 of 3 organisations");
    }

    @Test
    void olderCheckpointThanTheOneHeld_isProvedAgainstIt() throws Exception {
        long policy = log.policy(1, 0, "a");
        long size = log.size();
        var cosigned = log.cosigned(size, "a");
        log.say("hospital-b");
        log.say("hospital-c");
        node.checkpoint(log);
        node.finality.accept(log.finality(cosigned, size, policy).build());
        assertThat(node.finality.finalSize()).isEqualTo(size);
    }

    @Test
    void tooFewCosignatures_areNotBelieved() throws Exception {
        long policy = log.policy(2, 0, "a", "b", "c");
        node.checkpoint(log);
        refused(
                Reason.QUORUM_MISSING,
                log.finality(log.cosigned(log.size(), "a", "x"), log.size(), policy)
                        .build());
        assertThat(node.finality.view().sentence()).contains("not in force yet");
    }

    @Test
    void cosignaturesOfAnotherHistory_areNotBelieved() throws Exception {
        long policy = log.policy(1, 0, "a");
        SharedHistory other = log.fork();
        log.say("hospital-b");
        other.say("hospital-c");
        node.checkpoint(log);
        refused(
                Reason.BAD_CONSISTENCY_PROOF,
                log.finality(other.cosigned(other.size(), "a"), log.size(), policy)
                        .build());
        assertThat(node.finality.finalSize()).isZero();
    }

    @Test
    void policyThatIsNotInTheLog_orNotRoots_isNotBelieved() throws Exception {
        SharedHistory other = log.fork();
        long policy = other.policy(1, 0, "mallory");
        log.say("hospital-b");
        node.checkpoint(log);
        refused(
                Reason.BAD_INCLUSION_PROOF,
                log.finality(log.cosigned(log.size(), "mallory"), log.size())
                        .addPolicies(other.finality(other.note(), other.size(), policy)
                                .getPolicies(0))
                        .build());
        refused(
                Reason.POLICY_INVALID,
                log.finality(log.cosigned(log.size(), "a"), log.size(), 1).build());
    }

    @Test
    void checkpointThatWasNotSent_provesNothingHere() throws Exception {
        long policy = log.policy(1, 0, "a");
        refused(
                Reason.PROTOCOL,
                log.finality(log.cosigned(log.size(), "a"), log.size(), policy).build());
    }

    @Test
    void nextPolicy_comesWithTheCheckpointThatBroughtItIn() throws Exception {
        long first = log.policy(1, 0, "a");
        node.checkpoint(log);
        node.finality.accept(
                log.finality(log.cosigned(log.size(), "a"), log.size(), first).build());
        long second = log.policy(1, 0, "b");
        long moved = log.size();
        var mover = log.cosigned(moved, "a", "b");
        log.say("hospital-b");
        node.checkpoint(log);
        FinalCheckpoint.Builder claim = log.finality(log.cosigned(log.size(), "b"), log.size(), second);
        refused(Reason.QUORUM_MISSING, claim.build());
        claim.getPoliciesBuilder(0).setNote(mover).addAllConsistency(log.consistency(moved, log.size()));
        node.finality.accept(claim.build());
        assertThat(node.finality.view().inForce().orElseThrow().stated().index())
                .isEqualTo(second);
        assertThat(node.finality.finalSize()).isEqualTo(log.size());
    }

    @Test
    void mirror_learnsThePolicyFromItsOwnCopy() throws Exception {
        node.close();
        node = new WitnessingNode(directory, log, WitnessMode.MIRROR);
        log.policy(1, 0, "a");
        node.checkpoint(log);
        WitnessingNode.until("known", () -> node.finality.view().stated());
        node.finality.accept(
                log.finality(log.cosigned(log.size(), "a"), log.size()).build());
        assertThat(node.finality.finalSize()).isEqualTo(log.size());
    }
}
