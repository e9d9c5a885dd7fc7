package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.PrivacyTechnique;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Run;
import java.util.List;

/** The form of references to artifacts, and of the statements about one. */
final class ArtifactRules {
    private static final int MAX_RUNS = 32;
    private static final int MAX_REFS = 64;
    private static final int MAX_SETTINGS = 8;
    private static final int MAX_FIELDS = 64;
    private static final int MAX_TECHNIQUES = 16;
    private static final int MAX_TECHNIQUE_FIELDS = 32;
    private static final int MAX_FIELD_NAME = 200;

    private ArtifactRules() {}

    static void ref(boolean there, ArtifactRef ref, String field) throws VerificationException {
        FieldRules.present(there, field);
        if (ref.getKind().getNumber() == 0) {
            throw FieldRules.missing(field + ".kind");
        }
        switch (ref.getIdentityCase()) {
            case DIGEST -> publicDigest(ref, field);
            case LINKABLE -> hash(ref.getLinkable(), field, "linkable");
            case COMMITMENT -> hash(ref.getCommitment(), field, "commitment");
            case IDENTITY_NOT_SET -> throw FieldRules.missing(field + ".identity");
        }
        if (!ref.getFrom().isEmpty()) {
            hash(ref.getFrom(), field, "from");
        }
    }

    /** A statement has dozens of these: the field's whole name is put together only for a fault. */
    private static void hash(ByteString bytes, String field, String member) throws VerificationException {
        if (bytes.size() != Digest.SIZE) {
            FieldRules.hash(bytes, field + "." + member);
        }
    }

    static void ref(boolean there, ArtifactRef ref, ArtifactKind kind, String field) throws VerificationException {
        ref(there, ref, field);
        if (ref.getKind() != kind) {
            throw FieldRules.bad(field + ".kind", "must be " + kind);
        }
    }

    private static void publicDigest(ArtifactRef ref, String field) throws VerificationException {
        String algorithm = ContentDigest.check(ref.getDigest());
        if (ref.getKind() != ArtifactKind.CODE && algorithm.equals(ContentDigest.GIT_SHA1)) {
            throw FieldRules.bad(field + ".digest", "is a git commit; only code has such a digest");
        }
    }

    static void runs(List<Run> runs) throws VerificationException {
        FieldRules.count(runs, 0, MAX_RUNS, "runs");
        for (Run run : runs) {
            ref(run.hasId(), run.getId(), ArtifactKind.RUN, "runs.id");
            FieldRules.known(run.getKind(), "runs.kind");
            refs(run.getInputsList(), MAX_REFS, "runs.inputs");
            refs(run.getOutputsList(), MAX_REFS, "runs.outputs");
            refs(run.getCodeList(), MAX_SETTINGS, ArtifactKind.CODE, "runs.code");
            refs(run.getEnvironmentList(), MAX_SETTINGS, ArtifactKind.ENVIRONMENT, "runs.environment");
            fields(run.getParametersList(), MAX_FIELDS, "runs.parameters");
        }
    }

    private static void refs(List<ArtifactRef> refs, int most, String field) throws VerificationException {
        FieldRules.count(refs, 0, most, field);
        for (ArtifactRef ref : refs) {
            ref(true, ref, field);
            if (ref.getKind() == ArtifactKind.RUN
                    || ref.getKind() == ArtifactKind.CODE
                    || ref.getKind() == ArtifactKind.ENVIRONMENT) {
                throw FieldRules.bad(
                        field + ".kind",
                        "must be a thing that runs read or make; runs, code and environments have fields of their own");
            }
        }
    }

    private static void refs(List<ArtifactRef> refs, int most, ArtifactKind kind, String field)
            throws VerificationException {
        FieldRules.count(refs, 0, most, field);
        for (ArtifactRef ref : refs) {
            ref(true, ref, kind, field);
        }
    }

    static void privacy(List<PrivacyTechnique> techniques) throws VerificationException {
        FieldRules.count(techniques, 0, MAX_TECHNIQUES, "privacy");
        for (PrivacyTechnique technique : techniques) {
            FieldRules.name(technique.getName(), "privacy.name");
            fields(technique.getParametersList(), MAX_TECHNIQUE_FIELDS, "privacy.parameters");
        }
    }

    static void summaries(List<CommittedField> summaries) throws VerificationException {
        fields(summaries, MAX_FIELDS, "summaries");
    }

    private static void fields(List<CommittedField> fields, int most, String field) throws VerificationException {
        FieldRules.count(fields, 0, most, field);
        for (CommittedField committed : fields) {
            if (!isFieldName(committed.getName())) {
                fieldName(committed.getName(), field + ".name");
            }
            hash(committed.getCommitment(), field, "commitment");
        }
    }

    /** The name of a field of a record. */
    static void fieldName(String name, String field) throws VerificationException {
        FieldRules.present(!name.isEmpty(), field);
        if (!isFieldName(name)) {
            throw new VerificationException(
                    Reason.BAD_NAME,
                    "'" + field + "' must be 1 to " + MAX_FIELD_NAME
                            + " characters A-Z, a-z, 0-9, '.', '_', '-' and '/'.");
        }
    }

    private static boolean isFieldName(String name) {
        boolean is = !name.isEmpty() && name.length() <= MAX_FIELD_NAME;
        for (int i = 0; is && i < name.length(); i++) {
            is = isFieldCharacter(name.charAt(i));
        }
        return is;
    }

    private static boolean isFieldCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-/".indexOf(c) >= 0;
    }

    static void alias(Alias alias) throws VerificationException {
        ref(alias.hasOld(), alias.getOld(), "old");
        ref(alias.hasNew(), alias.getNew(), alias.getOld().getKind(), "new");
        FieldRules.value(
                !identity(alias.getOld()).equals(identity(alias.getNew())), "new", "is the same identity as 'old'");
    }

    private static ByteString identity(ArtifactRef ref) {
        return ref.toBuilder().clearFrom().clearKind().build().toByteString();
    }

    static void revocation(Revocation revocation) throws VerificationException {
        ref(revocation.hasArtifact(), revocation.getArtifact(), "artifact");
        FieldRules.known(revocation.getReason(), "reason");
    }
}
