package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.DisclosureDecision;
import dev.weft.proto.v1.DisclosureRequest;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.WrappedKey;
import java.util.List;

/** The form of requests, decisions, notices and wrapped keys. */
final class DisclosureRules {
    private static final int MAX_COMMITMENTS = 128;
    private static final int MAX_FIELDS = 32;
    private static final int MAX_WRAPPED = 200;

    private DisclosureRules() {}

    static void linkKey(LinkKey linkKey) throws VerificationException {
        FieldRules.value(linkKey.getEpoch() > 0, "epoch", "begins with 1");
        FieldRules.hash(linkKey.getCheck(), "check");
        FieldRules.count(linkKey.getWrappedList(), 0, MAX_WRAPPED, "wrapped");
        for (WrappedKey wrapped : linkKey.getWrappedList()) {
            FieldRules.member(wrapped.getMember(), "wrapped.member");
            // RFC 9180: an X25519 encapsulation; 32 bytes sealed with a 16-byte tag.
            FieldRules.size(wrapped.getEncapsulated(), 32, "wrapped.encapsulated");
            FieldRules.size(wrapped.getCiphertext(), 48, "wrapped.ciphertext");
        }
    }

    static void notice(Notice notice) throws VerificationException {
        FieldRules.hash(notice.getRevocation(), "revocation");
        switch (notice.getStepCase()) {
            case TOLD -> FieldRules.member(notice.getTold(), "told");
            case ACKNOWLEDGED -> FieldRules.value(notice.getAcknowledged(), "acknowledged", "must be true");
            case STEP_NOT_SET -> FieldRules.present(false, "step");
        }
    }

    static void disclosure(Disclosure disclosure) throws VerificationException {
        switch (disclosure.getStepCase()) {
            case REQUEST -> request(disclosure.getRequest());
            case DECISION -> decision(disclosure.getDecision());
            case STEP_NOT_SET -> FieldRules.present(false, "step");
        }
    }

    private static void request(DisclosureRequest request) throws VerificationException {
        FieldRules.hash(request.getStatement(), "request.statement");
        commitments(request.getCommitmentsList(), 1, "request.commitments");
        FieldRules.optionalName(request.getPurpose(), "request.purpose");
        FieldRules.count(request.getFieldsList(), 0, MAX_FIELDS, "request.fields");
        for (String field : request.getFieldsList()) {
            ArtifactRules.fieldName(field, "request.fields");
        }
        FieldRules.optionalHash(request.getWords(), "request.words");
    }

    private static void decision(DisclosureDecision decision) throws VerificationException {
        FieldRules.hash(decision.getRequest(), "decision.request");
        FieldRules.member(decision.getReader(), "decision.reader");
        commitments(decision.getCommitmentsList(), decision.getGranted() ? 1 : 0, "decision.commitments");
        FieldRules.value(
                decision.getGranted() != decision.getCiphertextDigest().isEmpty()
                        && (decision.getGranted() || decision.getCommitmentsCount() == 0),
                "decision",
                "names opened commitments and a ciphertext where granted, and neither where refused");
        FieldRules.optionalHash(decision.getCiphertextDigest(), "decision.ciphertextDigest");
        FieldRules.value(
                !decision.getGranted()
                        || (decision.getReason().isEmpty()
                                && decision.getWords().isEmpty()),
                "decision",
                "gives a reason where it refuses, and nowhere else");
        FieldRules.optionalName(decision.getReason(), "decision.reason");
        FieldRules.optionalHash(decision.getWords(), "decision.words");
    }

    private static void commitments(List<ByteString> commitments, int least, String field)
            throws VerificationException {
        FieldRules.count(commitments, least, MAX_COMMITMENTS, field);
        for (ByteString commitment : commitments) {
            FieldRules.hash(commitment, field);
        }
    }
}
