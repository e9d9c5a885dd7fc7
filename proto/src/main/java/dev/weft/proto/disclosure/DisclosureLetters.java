package dev.weft.proto.disclosure;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.RecordTree;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.DisclosedField;
import dev.weft.proto.v1.DisclosedRecord;
import dev.weft.proto.v1.DisclosureLetter;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.Words;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Letters of a disclosure: their one encoding, what they are sealed for, and what has to hold before one is believed. */
public final class DisclosureLetters {
    /** The name under which a request or a decision commits to words. */
    public static final String WORDS = "words";

    private static final int MAX_WORDS = 2_000;
    private static final int MAX_RECORDS = 128;
    private static final int MAX_LOG2 = 16;
    private static final ByteString LABEL =
            ByteString.copyFrom("weft/disclosure/v1\0".getBytes(StandardCharsets.US_ASCII));

    private DisclosureLetters() {}

    /** What both sides give HPKE as info: {@code "weft/disclosure/v1" 0x00 federation[32] request[32]}. */
    public static ByteString info(Digest federation, Digest request) {
        return LABEL.concat(federation.toByteString()).concat(request.toByteString());
    }

    /** Reads a letter: its one encoding, with nothing in it that this version does not know. */
    public static DisclosureLetter parse(ByteString bytes) throws VerificationException {
        try {
            DisclosureLetter letter =
                    DiscardUnknownFieldsParser.wrap(DisclosureLetter.parser()).parseFrom(bytes);
            if (!letter.toByteString().equals(bytes)) {
                throw malformed(Reason.NOT_CANONICAL, "is not in its one encoding, or has fields of another version");
            }
            if (letter.getRequest().size() != Digest.SIZE) {
                throw malformed(Reason.MALFORMED, "names no request");
            }
            switch (letter.getContentCase()) {
                case WORDS -> words(letter.getWords());
                case OPENED -> form(letter);
                case CONTENT_NOT_SET -> throw malformed(Reason.MISSING_FIELD, "holds nothing");
            }
            return letter;
        } catch (InvalidProtocolBufferException e) {
            throw malformed(Reason.MALFORMED, "does not parse");
        }
    }

    private static void words(Words words) throws VerificationException {
        int length = words.getText().codePointCount(0, words.getText().length());
        if (words.getSalt().size() != Salt.SIZE || length < 1 || length > MAX_WORDS) {
            throw malformed(Reason.MALFORMED, "has no words of 1 to " + MAX_WORDS + " characters with a salt");
        }
    }

    private static void form(DisclosureLetter letter) throws VerificationException {
        long before = -1;
        int count = letter.getOpened().getRecordsCount();
        if (count < 1 || count > MAX_RECORDS) {
            throw malformed(Reason.LIMIT_EXCEEDED, "opens no record, or more than " + MAX_RECORDS);
        }
        for (DisclosedRecord record : letter.getOpened().getRecordsList()) {
            if (record.getIndex() <= before || record.getLog2Fields() < 0 || record.getLog2Fields() > MAX_LOG2) {
                throw malformed(Reason.MALFORMED, "has records out of order, twice, or of too many fields");
            }
            before = record.getIndex();
            Digest unused = Digest.parse(record.getRoot(), "The root of an opened record");
            int position = -1;
            for (DisclosedField field : record.getFieldsList()) {
                boolean shown = field.getSalt().isEmpty()
                        && field.getName().isEmpty()
                        && field.getValue().isEmpty();
                boolean opened =
                        field.getSalt().size() == Salt.SIZE && !field.getName().isEmpty();
                if (field.getPosition() <= position || field.getCommitment().size() != Digest.SIZE || shown == opened) {
                    throw malformed(Reason.MALFORMED, "has fields out of order, twice, or neither opened nor shown");
                }
                position = field.getPosition();
            }
        }
    }

    /** The commitment to words that stands in a request or a decision. */
    public static Digest commitment(Words words) throws VerificationException {
        return Commitment.commit(salt(words.getSalt()), WORDS, new FieldValue.Text(words.getText()));
    }

    private static Salt salt(ByteString bytes) throws VerificationException {
        if (bytes.size() != Salt.SIZE) {
            throw malformed(Reason.MALFORMED, "has a salt of another size than 32 bytes");
        }
        return Salt.of(bytes);
    }

    /** Gives the words, where they are those that a request or a decision commits to. */
    public static String words(DisclosureLetter letter, ByteString commitment) throws VerificationException {
        if (!letter.hasWords() || !commitment(letter.getWords()).toByteString().equals(commitment)) {
            throw malformed(Reason.BAD_COMMITMENT, "holds other words than the log commits to");
        }
        return letter.getWords().getText();
    }

    /**
     * Gives what a letter opens, after all of it held.
     *
     * @throws VerificationException where anything does not: then nothing of it is to be believed
     */
    public static List<OpenedValue> open(DisclosureCase asked, DisclosureLetter letter) throws VerificationException {
        if (!letter.getRequest().equals(asked.request().id().toByteString())) {
            throw malformed(Reason.UNKNOWN_REFERENCE, "answers another request");
        }
        if (!asked.granted() || !letter.hasOpened()) {
            throw malformed(Reason.DECISION_REFUSED, "opens what the decision refused");
        }
        List<OpenedValue> values = new ArrayList<>();
        Set<ByteString> opened = new HashSet<>();
        for (DisclosedRecord record : letter.getOpened().getRecordsList()) {
            for (OpenedValue value : record(asked, record)) {
                if (!opened.add(value.commitment().toByteString())) {
                    throw malformed(Reason.DUPLICATE, "opens one commitment twice");
                }
                values.add(value);
            }
        }
        if (!opened.equals(new HashSet<>(asked.opened()))
                || opened.size() != asked.opened().size()) {
            throw malformed(Reason.BAD_VALUE, "opens other commitments than the decision in the log says");
        }
        return values;
    }

    private static List<OpenedValue> record(DisclosureCase asked, DisclosedRecord record) throws VerificationException {
        Digest root = Digest.parse(record.getRoot(), "The root of an opened record");
        TreeHead site = asked.siteHead();
        InclusionProof.parse(record.getIndex(), site.size(), record.getPathList())
                .verify(MerkleMath.leafHash(RecordTree.leafData(record.getLog2Fields(), root)), site);
        TreeHead tree = new TreeHead(1L << record.getLog2Fields(), root);
        DisclosureRequest request = asked.said();
        List<OpenedValue> values = new ArrayList<>();
        boolean named = false;
        for (DisclosedField field : record.getFieldsList()) {
            Digest commitment = Digest.parse(field.getCommitment(), "The commitment of an opened field");
            InclusionProof.parse(field.getPosition(), tree.size(), field.getPathList())
                    .verify(RecordTree.leafHash(commitment), tree);
            boolean one = request.getCommitmentsList().contains(field.getCommitment());
            named |= one;
            if (field.getSalt().isEmpty()) {
                continue;
            }
            Commitment.verify(commitment, salt(field.getSalt()), field.getName(), field.getValue());
            if (request.getFieldsCount() == 0 ? !one : !request.getFieldsList().contains(field.getName())) {
                throw malformed(Reason.BAD_VALUE, "opens a field that nobody asked for");
            }
            values.add(new OpenedValue(
                    record.getIndex(), field.getName(), FieldValue.parse(field.getValue()), commitment));
        }
        if (!named) {
            throw malformed(Reason.UNKNOWN_REFERENCE, "opens a record that the statement asked about does not name");
        }
        return values;
    }

    private static VerificationException malformed(Reason reason, String what) {
        return new VerificationException(reason, "The letter of the disclosure " + what + "; nothing of it is shown.");
    }
}
