package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Signature;
import java.util.List;

/**
 * A well-formed envelope, its statement read, its signatures not yet checked.
 *
 * @param statement what it says
 * @param envelope parsed
 * @param bytes as received; what is kept and forwarded
 */
public record OpenedEnvelope(Statement statement, Envelope envelope, ByteString bytes) {

    /** What the signatures cover. Made anew for each caller: many statements wait at once, and few are asked for it twice. */
    public byte[] pae() {
        return Dsse.pae(envelope.getPayloadType(), envelope.getPayload());
    }

    /**
     * Checks that the envelope carries exactly these signatures.
     *
     * @param required the keys in force, in any order, each once
     * @throws VerificationException {@link Reason#MISSING_SIGNATURE}, {@link Reason#SECOND_SIGNATURE_MISSING}, {@link
     *     Reason#UNEXPECTED_SIGNATURE} or {@link Reason#BAD_SIGNATURE}
     */
    public void verify(List<? extends SignatureKey> required) throws VerificationException {
        verifyAtLeast(required);
        if (envelope.getSignaturesCount() != required.size()) {
            throw new VerificationException(
                    Reason.UNEXPECTED_SIGNATURE,
                    "The envelope carries " + envelope.getSignaturesCount() + " signatures; exactly " + required.size()
                            + " are required, send no others.");
        }
    }

    /**
     * Checks that the envelope carries these signatures, whatever others it carries beside them: what its author has said.
     *
     * @throws VerificationException as {@link #verify}
     */
    public void verifyAtLeast(List<? extends SignatureKey> required) throws VerificationException {
        byte[] pae = pae();
        for (SignatureKey key : required) {
            key.verify(pae, signatureOf(key));
        }
    }

    /** Whether a signature claims to be by that key. Says nothing of its validity. */
    public boolean names(KeyId key) {
        return envelope.getSignaturesList().stream()
                .anyMatch(signature -> signature.getKeyId().equals(key.value()));
    }

    private ByteString signatureOf(SignatureKey key) throws VerificationException {
        for (Signature signature : envelope.getSignaturesList()) {
            if (signature.getKeyId().equals(key.id().value())) {
                return signature.getSignature();
            }
        }
        if (key instanceof MlDsaKey) {
            throw new VerificationException(
                    Reason.SECOND_SIGNATURE_MISSING,
                    "The envelope lacks the ML-DSA-44 signature by key " + key.id()
                            + ", which the federation requires at this point of the log; add it to the same payload.");
        }
        throw new VerificationException(
                Reason.MISSING_SIGNATURE,
                "The envelope has no signature by key " + key.id()
                        + "; sign with the key in force at this point of the log.");
    }
}
