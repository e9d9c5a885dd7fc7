package dev.weft.proto.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.RecordTree;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.DisclosedField;
import dev.weft.proto.v1.DisclosedFields;
import dev.weft.proto.v1.DisclosedRecord;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An auditor hands on what a hospital opened for it, in one file. */
class DisclosedBundleTest {
    private static final FieldValue VALUE = FieldValue.of(0.9371);
    private static final Salt SALT = Salt.of(TestFederation.hash("salt"));
    private static final Digest COMMITMENT = Commitment.commit(SALT, "metric.accuracy", VALUE);

    private final Trained trained = new Trained();
    private final TestFederation.Author auditor = trained.federation.join("auditor", Role.AUDITOR);
    private final RecordTree tree = RecordTree.build(
            new TreeMap<>(Map.of("kind", Digest.of(TestFederation.hash("kind")), "metric.accuracy", COMMITMENT)),
            () -> Digest.of(TestFederation.hash("decoy")));
    private final List<Digest> siteLog = List.of(MerkleMath.leafHash(tree.leafData()));

    DisclosedBundleTest() throws VerificationException {}

    private OpenedEnvelope ask() throws VerificationException {
        OpenedEnvelope asked = trained.a.say(Evaluation.newBuilder()
                .setModel(Trained.model("two"))
                .addSummaries(
                        CommittedField.newBuilder().setName("metric.accuracy").setCommitment(COMMITMENT.toByteString()))
                .build());
        return auditor.say(Disclosure.newBuilder()
                .setRequest(DisclosureRequest.newBuilder()
                        .setStatement(asked.statement().id().toByteString())
                        .addCommitments(COMMITMENT.toByteString()))
                .build());
    }

    private void answer(OpenedEnvelope request) throws VerificationException {
        TreeHead head = MerkleMath.head(siteLog);
        trained.federation.append(trained.a.sign(
                trained.a.header().toBuilder().setSiteHead(head.toProto()).build(),
                Disclosure.newBuilder()
                        .setDecision(DisclosureDecision.newBuilder()
                                .setRequest(request.statement().id().toByteString())
                                .setGranted(true)
                                .addCommitments(COMMITMENT.toByteString())
                                .setReader("auditor")
                                .setCiphertextDigest(TestFederation.hash("ciphertext")))
                        .build()));
    }

    private DisclosureLetter letter(OpenedEnvelope request, FieldValue value) {
        InclusionProof proof = tree.prove("metric.accuracy");
        return DisclosureLetter.newBuilder()
                .setRequest(request.statement().id().toByteString())
                .setOpened(DisclosedFields.newBuilder()
                        .addRecords(DisclosedRecord.newBuilder()
                                .setLog2Fields(tree.log2Fields())
                                .setRoot(tree.root().toByteString())
                                .addFields(DisclosedField.newBuilder()
                                        .setPosition((int) proof.index())
                                        .addAllPath(proof.toProto())
                                        .setCommitment(COMMITMENT.toByteString())
                                        .setName("metric.accuracy")
                                        .setSalt(SALT.toByteString())
                                        .setValue(ByteString.copyFrom(value.canonicalBytes())))))
                .build();
    }

    private BundleRequest question(OpenedEnvelope request, FieldValue value) {
        return BundleRequest.disclosure(
                request.statement().id(), letter(request, value).toByteString());
    }

    @Test
    void openedField_isProvedByOneFile() throws Exception {
        OpenedEnvelope request = ask();
        trained.evaluate(trained.b, "unrelated");
        answer(request);

        BundleVerdict verdict = Trained.verify(trained.bundle(question(request, VALUE)));

        assertThat(verdict.holds()).as(verdict.toString()).isTrue();
        assertThat(verdict.about().orElseThrow().report())
                .anyMatch(line -> line.contains("record 0, metric.accuracy: 0.9371"));
        Claim claim = verdict.claims().get(verdict.claims().size() - 1);
        assertThat(claim.name()).isEqualTo("disclosed");
        assertThat(claim.entries()).hasSize(3);
    }

    @Test
    void anotherValue_doesNotHold() throws Exception {
        OpenedEnvelope request = ask();
        answer(request);

        BundleVerdict verdict = Trained.verify(trained.bundle(question(request, FieldValue.of(0.99))));

        assertThat(verdict.reason()).contains(Reason.BAD_COMMITMENT);
        assertThat(Trained.verify(trained.bundle(
                                BundleRequest.disclosure(request.statement().id(), ByteString.copyFromUtf8("noise"))))
                        .holds())
                .isFalse();
    }

    @Test
    void requestWithoutAnAnswer_hasNoBundle() throws Exception {
        OpenedEnvelope request = ask();
        Refused.with(Reason.NOT_FOUND, () -> trained.bundle(question(request, VALUE)));
    }
}
