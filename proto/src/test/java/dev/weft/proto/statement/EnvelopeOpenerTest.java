package dev.weft.proto.statement;

import static dev.weft.proto.TestFederation.hash;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.Signature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One encoding, one order, a size, and exactly the signatures that are required. */
class EnvelopeOpenerTest {
    private static final SigningKey OTHER = TestFederation.signingKey("other");

    private final OpenedEnvelope opened = Examples.signed(Examples.contribution());
    private final Envelope envelope = opened.envelope();

    EnvelopeOpenerTest() throws VerificationException {}

    @Test
    void whatWasSigned_isOpenedAsItWas() throws VerificationException {
        SignedEnvelope signed = EnvelopeSigner.sign(Examples.contribution(), List.of(Examples.SIGNER));
        OpenedEnvelope again = EnvelopeOpener.open(signed.bytes());
        assertThat(again.statement()).isEqualTo(signed.statement());
        assertThat(again.bytes()).isEqualTo(signed.bytes());
        assertThat(again.statement().predicate()).contains(Examples.contribution());
        assertThat(again.statement().author().value()).isEqualTo("hospital-a");
        assertThat(again.statement().type()).contains(PredicateType.CONTRIBUTION);
        again.verify(List.of(Examples.SIGNER.verifyingKey()));
    }

    @Test
    void aPredicateWithAnUnknownField_isNotSigned() {
        Contribution odd = Examples.contribution().toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        Refused.with(Reason.NOT_CANONICAL, () -> EnvelopeSigner.sign(odd, List.of(Examples.SIGNER)));
    }

    @Test
    void bytesThatAreNoEnvelope_areMalformed() {
        Refused.with(Reason.MALFORMED, () -> EnvelopeOpener.open(ByteString.copyFromUtf8("no envelope")));
        Refused.with(Reason.MALFORMED, () -> EnvelopeOpener.open(opened.bytes().substring(0, 100)));
        Refused.with(Reason.UNKNOWN_TYPE, () -> EnvelopeOpener.open(ByteString.EMPTY));
    }

    @Test
    void aFieldBesideTheThree_isRefused() {
        // Field 4, varint 1.
        ByteString more = ByteString.copyFrom(new byte[] {0x20, 1});
        Refused.with(
                Reason.UNKNOWN_FIELD, () -> EnvelopeOpener.open(opened.bytes().concat(more)));
    }

    @Test
    void anotherEncodingOfTheSame_isRefused() throws Exception {
        ByteString type =
                Envelope.newBuilder().setPayloadType(Dsse.PAYLOAD_TYPE).build().toByteString();
        ByteString rest = opened.bytes().substring(type.size());
        assertThat(Envelope.parseFrom(rest.concat(type))).isEqualTo(envelope);
        Refused.with(Reason.NOT_CANONICAL, () -> EnvelopeOpener.open(rest.concat(type)));
        Refused.with(Reason.NOT_CANONICAL, () -> EnvelopeOpener.open(type.concat(opened.bytes())));
        ByteString longLength = ByteString.copyFrom(new byte[] {0x0a, (byte) (0x80 | Dsse.PAYLOAD_TYPE.length()), 0})
                .concat(opened.bytes().substring(2));
        Refused.with(Reason.NOT_CANONICAL, () -> EnvelopeOpener.open(longLength));
    }

    @Test
    void anotherPayloadType_isRefused() {
        Refused.with(
                Reason.UNKNOWN_TYPE,
                () -> open(
                        envelope.toBuilder().setPayloadType("application/json").build()));
    }

    @Test
    void signaturesOutOfOrderOrTwice_areRefused() throws VerificationException {
        List<Signature> two = new ArrayList<>(EnvelopeOpener.open(
                        EnvelopeSigner.sign(Examples.contribution(), List.of(Examples.SIGNER, OTHER))
                                .bytes())
                .envelope()
                .getSignaturesList());
        two.sort(Comparator.comparing(Signature::getKeyId, ByteString.unsignedLexicographicalComparator())
                .reversed());
        Refused.with(Reason.NOT_CANONICAL, () -> open(withSignatures(two)));
        Refused.with(Reason.NOT_CANONICAL, () -> open(withSignatures(List.of(two.get(0), two.get(0)))));
    }

    @Test
    void signaturesOfAnotherForm_areRefused() {
        Signature good = envelope.getSignatures(0);
        Refused.with(Reason.MISSING_SIGNATURE, () -> open(withSignatures(List.of())));
        Refused.with(
                Reason.MALFORMED,
                () -> open(withSignatures(
                        List.of(good.toBuilder().setKeyId(hash("x")).build()))));
        Refused.with(
                Reason.MALFORMED,
                () -> open(withSignatures(List.of(good.toBuilder()
                        .setSignature(good.getSignature().substring(1))
                        .build()))));
    }

    @Test
    void moreSignaturesThanAnyStatementNeeds_areRefused() {
        List<Signature> many = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            many.add(envelope.getSignatures(0).toBuilder()
                    .setKeyId(hash("key " + i).substring(0, 16))
                    .build());
        }
        many.sort(Comparator.comparing(Signature::getKeyId, ByteString.unsignedLexicographicalComparator()));
        Refused.with(Reason.LIMIT_EXCEEDED, () -> open(withSignatures(many)));
    }

    @Test
    void exactlyTheRequiredSignatures_pass() throws VerificationException {
        OpenedEnvelope two =
                EnvelopeOpener.open(EnvelopeSigner.sign(Examples.contribution(), List.of(OTHER, Examples.SIGNER))
                        .bytes());
        two.verify(List.of(Examples.SIGNER.verifyingKey(), OTHER.verifyingKey()));
        two.verify(List.of(OTHER.verifyingKey(), Examples.SIGNER.verifyingKey()));
        Refused.with(Reason.UNEXPECTED_SIGNATURE, () -> two.verify(List.of(OTHER.verifyingKey())));
        Refused.with(
                Reason.MISSING_SIGNATURE,
                () -> opened.verify(List.of(Examples.SIGNER.verifyingKey(), OTHER.verifyingKey())));
        Refused.with(Reason.MISSING_SIGNATURE, () -> opened.verify(List.of(OTHER.verifyingKey())));
    }

    @Test
    void aSignatureOfOtherBytes_doesNotVerify() throws VerificationException {
        ByteString foreign =
                Examples.signed(Examples.evidence()).envelope().getSignatures(0).getSignature();
        OpenedEnvelope swapped = open(withSignatures(List.of(
                envelope.getSignatures(0).toBuilder().setSignature(foreign).build())));
        assertThat(swapped.statement().id()).isEqualTo(opened.statement().id());
        Refused.with(Reason.BAD_SIGNATURE, () -> swapped.verify(List.of(Examples.SIGNER.verifyingKey())));
    }

    @Test
    void aPayloadAtTheLimit_passes_andOneByteMoreDoesNot() throws VerificationException {
        Contribution large = ofPayloadSize(45_000);
        SignedEnvelope signed = EnvelopeSigner.sign(large, List.of(Examples.SIGNER));
        assertThat(EnvelopeOpener.open(signed.bytes()).envelope().getPayload().size())
                .isEqualTo(45_000);
        Contribution tooLarge = ofPayloadSize(45_001);
        Refused.with(Reason.TOO_LARGE, () -> EnvelopeSigner.sign(tooLarge, List.of(Examples.SIGNER)));
    }

    @Test
    void anEntryAboveTheFederationsLimit_isRefused() {
        int size = opened.bytes().size();
        Refused.with(
                Reason.TOO_LARGE,
                () -> EnvelopeOpener.open(
                        opened.bytes(),
                        EnvelopeOpener.LIMITS.toBuilder()
                                .setMaxEntryBytes(size - 1)
                                .build()));
    }

    /** Padded through the names of committed fields, which may have 1 to 200 characters. */
    private static Contribution ofPayloadSize(int size) {
        Contribution.Builder builder = Examples.contribution().toBuilder();
        Run run = builder.getRuns(0);
        CommittedField longest = CommittedField.newBuilder()
                .setName("n".repeat(200))
                .setCommitment(hash("n"))
                .build();
        while (CanonicalJson.print(builder.build()).size() + 60 * 290 < size) {
            Run.Builder more = run.toBuilder().clearParameters();
            for (int i = 0; i < 60; i++) {
                more.addParameters(longest);
            }
            builder.addRuns(more);
        }
        int rest = size - CanonicalJson.print(builder.build()).size();
        while (rest > 0) {
            // A field costs its name and what stands around it: at least one character of name must remain.
            int around = CanonicalJson.printMessage(longest).size() - 200 + 1;
            int name = Math.min(200, rest > 2 * around + 200 ? 200 : rest > around + 200 ? 100 : rest - around);
            builder.addSummaries(longest.toBuilder().setName("n".repeat(name)));
            rest -= around + name;
        }
        return builder.build();
    }

    private Envelope withSignatures(List<Signature> signatures) {
        return envelope.toBuilder()
                .clearSignatures()
                .addAllSignatures(signatures)
                .build();
    }

    private static OpenedEnvelope open(Envelope envelope) throws VerificationException {
        return EnvelopeOpener.open(envelope.toByteString());
    }
}
