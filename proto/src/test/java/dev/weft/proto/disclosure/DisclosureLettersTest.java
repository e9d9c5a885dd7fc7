package dev.weft.proto.disclosure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.RecordTree;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.DisclosedField;
import dev.weft.proto.v1.DisclosedFields;
import dev.weft.proto.v1.DisclosedRecord;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Words;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A site opens a field of a committed record for an auditor, honestly and otherwise. */
final class DisclosureLettersTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SortedMap<String, FieldValue> values = new TreeMap<>();
    private final SortedMap<String, Salt> salts = new TreeMap<>();
    private final SortedMap<String, Digest> commitments = new TreeMap<>();
    private final RecordTree tree;
    private final List<Digest> siteLeaves = new ArrayList<>();
    private final Statement asked;

    DisclosureLettersTest() {
        values.put("digest", new FieldValue.Text("sha256 of something"));
        values.put("path", new FieldValue.Text("/wards/7"));
        values.put("rows", FieldValue.of(1_234L));
        values.forEach((name, value) -> {
            Salt salt = Salt.random(RANDOM);
            salts.put(name, salt);
            commitments.put(name, Commitment.commit(salt, name, value));
        });
        tree = RecordTree.build(commitments, () -> hash("decoy"));
        for (int n = 0; n < 5; n++) {
            siteLeaves.add(n == 3 ? MerkleMath.leafHash(tree.leafData()) : hash("leaf " + n));
        }
        asked = statement(
                "hospital-a",
                Contribution.newBuilder()
                        .addSummaries(
                                CommittedField.newBuilder().setName("digest").setCommitment(bytes("digest")))
                        .build());
    }

    private static <T> T of(SortedMap<String, T> fields, String name) {
        return Objects.requireNonNull(fields.get(name), name);
    }

    private ByteString bytes(String field) {
        return of(commitments, field).toByteString();
    }

    private static Digest hash(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private TreeHead siteHead() {
        return MerkleMath.head(siteLeaves);
    }

    private Statement statement(String author, Message predicate) {
        Header header = Header.newBuilder()
                .setAuthor(author)
                .setSiteHead(siteHead().toProto())
                .build();
        return new Statement(hash(author + predicate), "https://weft.dev/x/v1", header, Optional.of(predicate));
    }

    private Statement request(String... fields) {
        return statement(
                "auditor",
                Disclosure.newBuilder()
                        .setRequest(DisclosureRequest.newBuilder()
                                .setStatement(asked.id().toByteString())
                                .addCommitments(bytes("digest"))
                                .addAllFields(List.of(fields)))
                        .build());
    }

    private Statement decision(Statement request, String... opened) {
        return statement(
                "hospital-a",
                Disclosure.newBuilder().setDecision(granted(request, opened)).build());
    }

    private DisclosureDecision.Builder granted(Statement request, String... opened) {
        DisclosureDecision.Builder decision = DisclosureDecision.newBuilder()
                .setRequest(request.id().toByteString())
                .setGranted(true)
                .setReader("auditor");
        for (String name : opened) {
            decision.addCommitments(bytes(name));
        }
        return decision;
    }

    private DisclosedField field(String name, boolean open) {
        InclusionProof proof = tree.prove(name);
        DisclosedField.Builder field = DisclosedField.newBuilder()
                .setPosition((int) proof.index())
                .addAllPath(proof.toProto())
                .setCommitment(bytes(name));
        if (open) {
            field.setName(name)
                    .setSalt(of(salts, name).toByteString())
                    .setValue(ByteString.copyFrom(of(values, name).canonicalBytes()));
        }
        return field.build();
    }

    private DisclosedRecord record(DisclosedField... fields) {
        return DisclosedRecord.newBuilder()
                .setIndex(3)
                .setLog2Fields(tree.log2Fields())
                .setRoot(tree.root().toByteString())
                .addAllPath(InclusionProof.prove(MerkleMath.reader(siteLeaves), 3, 5)
                        .toProto())
                .addAllFields(List.of(fields))
                .build();
    }

    private static DisclosureLetter letter(Statement request, DisclosedRecord... records) {
        return DisclosureLetter.newBuilder()
                .setRequest(request.id().toByteString())
                .setOpened(DisclosedFields.newBuilder().addAllRecords(List.of(records)))
                .build();
    }

    private static void refused(Reason reason, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void committedField_isOpened() throws Exception {
        Statement request = request();
        DisclosureCase together = DisclosureCase.of(asked, request, decision(request, "digest"));

        List<OpenedValue> opened = DisclosureLetters.open(
                together,
                DisclosureLetters.parse(
                        letter(request, record(field("digest", true))).toByteString()));

        assertThat(opened)
                .containsExactly(new OpenedValue(3, "digest", of(values, "digest"), of(commitments, "digest")));
    }

    @Test
    void otherFieldOfTheRecordBehindACommitment_isOpenedBesideIt() throws Exception {
        Statement request = request("rows");
        DisclosureCase together = DisclosureCase.of(asked, request, decision(request, "rows"));

        List<OpenedValue> opened =
                DisclosureLetters.open(together, letter(request, record(field("digest", false), field("rows", true))));

        assertThat(opened.get(0).value()).isEqualTo(FieldValue.of(1_234L));
        refused(
                Reason.UNKNOWN_REFERENCE,
                () -> DisclosureLetters.open(together, letter(request, record(field("rows", true)))));
        refused(
                Reason.BAD_VALUE,
                () -> DisclosureLetters.open(
                        together, letter(request, record(field("digest", false), field("path", true)))));
    }

    @Test
    void anythingChanged_isNotBelieved() throws Exception {
        Statement request = request();
        DisclosureCase together = DisclosureCase.of(asked, request, decision(request, "digest"));
        DisclosedRecord good = record(field("digest", true));
        UnaryOperator<DisclosedField.Builder> other =
                field -> field.setValue(ByteString.copyFrom(new FieldValue.Text("a lie").canonicalBytes()));

        refused(
                Reason.BAD_COMMITMENT,
                () -> DisclosureLetters.open(
                        together,
                        letter(
                                request,
                                good.toBuilder()
                                        .setFields(0, other.apply(good.getFields(0).toBuilder()))
                                        .build())));
        refused(
                Reason.BAD_INCLUSION_PROOF,
                () -> DisclosureLetters.open(
                        together, letter(request, good.toBuilder().setIndex(2).build())));
        refused(
                Reason.BAD_INCLUSION_PROOF,
                () -> DisclosureLetters.open(
                        together,
                        letter(request, good.toBuilder().setLog2Fields(3).build())));
        refused(
                Reason.BAD_INCLUSION_PROOF,
                () -> DisclosureLetters.open(
                        together,
                        letter(
                                request,
                                good.toBuilder()
                                        .setRoot(hash("another").toByteString())
                                        .build())));
        refused(Reason.UNKNOWN_REFERENCE, () -> DisclosureLetters.open(together, letter(request("rows"), good)));
    }

    @Test
    void decisionInTheLog_bindsWhatIsOpened() throws Exception {
        Statement request = request();
        Statement none = statement(
                "hospital-a",
                Disclosure.newBuilder()
                        .setDecision(granted(request).setGranted(false).setReason("decision-refused"))
                        .build());
        DisclosureLetter letter = letter(request, record(field("digest", true)));

        refused(Reason.DECISION_REFUSED, () -> DisclosureLetters.open(DisclosureCase.of(asked, request, none), letter));
        refused(Reason.BAD_VALUE, () -> DisclosureCase.of(asked, request, decision(request, "rows")));
        refused(
                Reason.NOT_OWNER,
                () -> DisclosureCase.of(
                        asked,
                        request,
                        statement(
                                "mallory",
                                Disclosure.newBuilder()
                                        .setDecision(granted(request, "digest"))
                                        .build())));
        refused(
                Reason.BAD_VALUE,
                () -> DisclosureCase.of(
                        asked,
                        request,
                        statement(
                                "hospital-a",
                                Disclosure.newBuilder()
                                        .setDecision(granted(request, "digest").setReader("mallory"))
                                        .build())));
        refused(Reason.UNKNOWN_REFERENCE, () -> DisclosureCase.of(asked, request, decision(request("rows"), "digest")));
    }

    @Test
    void requestForACommitmentThatIsNotThere_isNone() {
        Statement elsewhere = statement("hospital-a", Contribution.getDefaultInstance());
        Statement request = statement(
                "auditor",
                Disclosure.newBuilder()
                        .setRequest(DisclosureRequest.newBuilder()
                                .setStatement(elsewhere.id().toByteString())
                                .addCommitments(bytes("digest")))
                        .build());
        refused(Reason.NOT_FOUND, () -> DisclosureCase.requireAskable(elsewhere, request));
    }

    @Test
    void words_areThoseThatTheLogCommitsTo() throws Exception {
        Words words = Words.newBuilder()
                .setSalt(Salt.random(RANDOM).toByteString())
                .setText("before the paper is out: no")
                .build();
        DisclosureLetter letter = DisclosureLetter.newBuilder()
                .setRequest(hash("r").toByteString())
                .setWords(words)
                .build();
        ByteString commitment = DisclosureLetters.commitment(words).toByteString();

        assertThat(DisclosureLetters.words(DisclosureLetters.parse(letter.toByteString()), commitment))
                .isEqualTo("before the paper is out: no");
        refused(
                Reason.BAD_COMMITMENT,
                () -> DisclosureLetters.words(letter, hash("x").toByteString()));
    }

    @Test
    void otherEncodings_areRefused() {
        DisclosureLetter letter = letter(request(), record(field("digest", true)));
        UnknownFieldSet more = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        refused(
                Reason.NOT_CANONICAL,
                () -> DisclosureLetters.parse(
                        letter.toBuilder().setUnknownFields(more).build().toByteString()));
        refused(
                Reason.NOT_CANONICAL,
                () -> DisclosureLetters.parse(letter.toByteString().concat(letter.toByteString())));
        refused(Reason.MALFORMED, () -> DisclosureLetters.parse(ByteString.copyFromUtf8("\u0001")));
        DisclosedRecord twice = record(field("digest", true));
        refused(
                Reason.MALFORMED,
                () -> DisclosureLetters.parse(letter(request(), twice, twice).toByteString()));
    }
}
