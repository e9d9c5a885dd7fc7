package dev.weft.proto.note;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicySuccessionTest {
    private static final Instant TIME = Instant.parse("2026-11-21T08:00:00Z");

    private final Map<String, SigningKey> keys = new HashMap<>();
    private final PolicySuccession succession = new PolicySuccession();

    private SigningKey key(String witness) {
        return keys.computeIfAbsent(witness, name -> SigningKey.generate(new SecureRandom()));
    }

    private Policy policy(int k, int f, String... witnesses) {
        Policy.Builder policy = Policy.newBuilder().setK(k).setF(f).setOperator("the operator");
        for (String name : witnesses) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName(name)
                    .setOrganisation("org " + name)
                    .setKey(key(name).verifyingKey().toProto()));
        }
        return policy.build();
    }

    private static Checkpoint checkpoint(long size) {
        return new Checkpoint("test/log/1", new TreeHead(size, Hashing.sha256(ByteString.copyFromUtf8("r" + size))));
    }

    private List<NoteSignature> lines(long size, String... witnesses) {
        List<NoteSignature> lines = new ArrayList<>();
        for (String name : witnesses) {
            lines.add(Cosignature.sign(checkpoint(size), name, key(name), TIME).line());
        }
        return lines;
    }

    private boolean see(long size, String... witnesses) {
        return succession.see(size, checkpoint(size).text(), lines(size, witnesses));
    }

    @Test
    void nothingStated_nothingIsFinal() {
        assertThat(see(5, "a", "b", "c")).isFalse();
        assertThat(succession.seats()).isEmpty();
    }

    @Test
    void firstPolicy_needsItsOwnQuorumOverACheckpointThatCoversIt() {
        succession.state(5, policy(2, 0, "a", "b", "c"));
        assertThat(see(5, "a", "b")).isFalse(); // entry 5 is the sixth
        assertThat(see(6, "a")).isFalse();
        assertThat(see(6, "a", "x")).isFalse();
        assertThat(see(7, "a", "c")).isTrue();
        assertThat(succession.inForce().orElseThrow().since()).isEqualTo(7);
        assertThat(see(9, "b")).isFalse();
        assertThat(see(10, "b", "c")).isTrue();
    }

    @Test
    void nextPolicy_needsBothQuorums_andUntilThenTheOldOneDecides() {
        succession.state(1, policy(2, 0, "a", "b", "c"));
        assertThat(see(2, "a", "b")).isTrue();
        succession.state(5, policy(1, 0, "d"));
        assertThat(see(6, "a", "b")).isTrue();
        assertThat(succession.inForce().orElseThrow().stated().index()).isEqualTo(1);
        assertThat(see(7, "d")).isFalse();
        assertThat(succession.inForce().orElseThrow().stated().index()).isEqualTo(1);
        assertThat(see(8, "a", "b", "d")).isTrue();
        assertThat(succession.inForce().orElseThrow().stated().index()).isEqualTo(5);
        assertThat(see(9, "a", "b", "c")).isFalse();
        assertThat(see(10, "d")).isTrue();
    }

    @Test
    void policyThatFindsNoQuorum_isOvertakenByALaterOne() {
        succession.state(1, policy(1, 0, "a"));
        assertThat(see(2, "a")).isTrue();
        succession.state(3, policy(1, 0, "dead"));
        succession.state(4, policy(1, 0, "b"));
        assertThat(see(6, "a", "b")).isTrue();
        assertThat(succession.inForce().orElseThrow().stated().index()).isEqualTo(4);
        assertThat(succession.waiting()).isEmpty();
    }

    @Test
    void policyWithoutWitnesses_endsFinality_onceTheOldOnesAgree() {
        succession.state(1, policy(1, 0, "a"));
        assertThat(see(2, "a")).isTrue();
        succession.state(3, policy(0, 0));
        assertThat(see(4)).isFalse();
        assertThat(succession.inForce().orElseThrow().stated().index()).isEqualTo(1);
        assertThat(see(5, "a")).isFalse();
        assertThat(succession.inForce().orElseThrow().stated().policy()).isEmpty();
    }

    @Test
    void policyWithTheOperatorAsWitness_neverComesIntoForce() {
        Policy own = policy(1, 0, "a").toBuilder().setOperator("org a").build();
        succession.state(1, own);
        assertThat(see(2, "a")).isFalse();
        assertThat(succession.waiting()).isEmpty();
    }

    @Test
    void servedLines_areTheFirstThatMakeTheQuorum() {
        succession.state(1, policy(2, 0, "a", "b", "c"));
        assertThat(see(2, "c", "a", "b")).isTrue();
        assertThat(succession.quorum(checkpoint(2).text(), lines(2, "c", "x", "c", "a", "b")))
                .extracting(NoteSignature::name)
                .containsExactly("c", "a");
    }

    @Test
    void checkpointBelowTheOneThatMovedThePolicy_saysNothing() {
        succession.state(1, policy(1, 0, "a"));
        assertThat(see(9, "a")).isTrue();
        assertThat(see(5, "a")).isFalse();
    }
}
