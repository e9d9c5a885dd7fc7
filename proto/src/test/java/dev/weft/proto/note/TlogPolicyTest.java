package dev.weft.proto.note;

import static dev.weft.proto.TestFederation.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.merkle.TreeHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an auditor's file says about whom to believe. */
class TlogPolicyTest {
    private static final String ORIGIN = "demo/log/1";
    private static final NoteVerifier LOG =
            NoteVerifier.ed25519(ORIGIN, signingKey("log").verifyingKey());
    private static final String HEAD = "# of the consortium\nlog " + LOG.vkey() + " https://log.example/\n\n";

    private static String witness(String name) {
        return "witness " + name + " "
                + NoteVerifier.cosigner(name, signingKey(name).verifyingKey()).vkey() + "\n";
    }

    private static OpenedNote note(String... witnesses) throws VerificationException {
        Checkpoint checkpoint =
                new Checkpoint(ORIGIN, new TreeHead(1, Digest.of(dev.weft.proto.TestFederation.hash("x"))));
        List<NoteSignature> lines = new ArrayList<>();
        for (String name : witnesses) {
            SigningKey key = signingKey(name.replace("forged-", "another "));
            lines.add(Cosignature.sign(checkpoint, name.replace("forged-", ""), key, Instant.ofEpochSecond(7))
                    .line());
        }
        ByteString note = NoteSigner.ed25519(ORIGIN, signingKey("log"))
                .sign(checkpoint.text())
                .with(lines)
                .encode();
        return NoteVerifier.open(note, List.of(LOG));
    }

    private static void missing(String policy, String... witnesses) {
        Refused.with(Reason.QUORUM_MISSING, () -> TlogPolicy.parse(policy).require(note(witnesses)));
    }

    private static void met(int votes, String policy, String... witnesses) throws VerificationException {
        assertThat(TlogPolicy.parse(policy).require(note(witnesses))).hasSize(votes);
    }

    @Test
    void groupsOfGroups_areCountedAsTheySay() throws VerificationException {
        String policy = HEAD + witness("a1") + witness("a2") + witness("b") + witness("c")
                + "group a any a1 a2\ngroup all-of 2 a b c\nquorum all-of\n";
        met(2, policy, "a1", "b");
        met(3, policy, "a1", "a2", "c");
        missing(policy, "a1", "a2");
        missing(policy, "b");
        missing(policy);
        missing(policy, "b", "forged-c");
        missing(policy, "b", "b");
    }

    @Test
    void policyOfAFederation_isPrintedAsAFileThatMeansTheSame() throws VerificationException {
        List<WitnessPolicy.Seat> seats = List.of(seat("A & B", "a1"), seat("A & B", "a2"), seat("C", "c"));
        String file = TlogPolicy.print(List.of(LOG), Optional.of(new WitnessPolicy(seats, 2, 0)));
        met(2, file, "a2", "c");
        missing(file, "a1", "a2");
        met(0, TlogPolicy.print(List.of(LOG), Optional.empty()));
    }

    private static WitnessPolicy.Seat seat(String organisation, String name) {
        return new WitnessPolicy.Seat(
                organisation, NoteVerifier.cosigner(name, signingKey(name).verifyingKey()));
    }

    @Test
    void quorumOfOneWitness_andOfNone() throws VerificationException {
        met(1, HEAD + witness("w") + "quorum w", "w");
        missing(HEAD + witness("w") + "quorum w");
        met(0, HEAD + "quorum none\n");
        assertThat(TlogPolicy.parse(HEAD + "quorum none").asksNobody()).isTrue();
        assertThat(TlogPolicy.parse(HEAD + "quorum none").trusts(LOG)).isTrue();
        assertThat(TlogPolicy.parse(HEAD + "quorum none")
                        .trusts(NoteVerifier.ed25519(ORIGIN, signingKey("x").verifyingKey())))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "quorum none",
                "quorum nobody",
                "quorum none\nquorum none",
                "W\nW\nquorum w",
                "group g 2 w\nquorum g",
                "W\ngroup g 2 w\nquorum g",
                "W\ngroup g 0 w\nquorum g",
                "W\ngroup g some w\nquorum g",
                "W\ngroup g any w w\nquorum g",
                "W\ngroup g any w\nquorum w",
                "W\ngroup none any w\nquorum none",
                "witness w\nquorum none",
                "watcher w\nquorum none"
            })
    void otherFiles_areRefused(String rest) {
        String head = rest.equals("quorum none") ? "" : HEAD;
        Refused.with(
                Reason.POLICY_INVALID,
                () -> TlogPolicy.parse(head + rest.replace("W", witness("w").strip())));
    }

    @Test
    void logAsWitnessAndWitnessAsLog_areRefused() {
        Refused.with(Reason.POLICY_INVALID, () -> TlogPolicy.parse(HEAD + "witness w " + LOG.vkey() + "\nquorum w"));
        Refused.with(
                Reason.POLICY_INVALID,
                () -> TlogPolicy.parse(witness("w").replace("witness w ", "log ") + "quorum none"));
    }

    @Test
    void sizeAndBytes_areThoseOfTheFile() throws VerificationException {
        String good = HEAD + "quorum none\n";
        String full = "#" + "x".repeat((1 << 16) - 2 - good.length()) + "\n" + good;
        assertThat(TlogPolicy.parse(ByteString.copyFromUtf8(full)).trusts(LOG)).isTrue();
        Refused.with(
                Reason.POLICY_INVALID, () -> TlogPolicy.parse(ByteString.copyFromUtf8(full.replace("#x", "#\u00e4"))));
        ByteString latin =
                ByteString.copyFrom(new byte[] {'#', (byte) 0xff, '\n'}).concat(ByteString.copyFromUtf8(good));
        Refused.with(Reason.POLICY_INVALID, () -> TlogPolicy.parse(latin));
    }

    @Test
    void sameKeyOfTwoLogs_isRefused() {
        String other = NoteVerifier.ed25519("other/log/1", signingKey("log").verifyingKey())
                .vkey();
        Refused.with(Reason.POLICY_INVALID, () -> TlogPolicy.parse(HEAD + "log " + other + "\nquorum none\n"));
    }
}
