package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Signature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Prints, signs and wraps a predicate. What it gives has passed the same opening that the other side will do. */
public final class EnvelopeSigner {

    private EnvelopeSigner() {}

    /**
     * Signs a predicate.
     *
     * @param predicate with its header filled
     * @param keys exactly the keys whose signatures are required
     * @throws VerificationException as {@link EnvelopeOpener#open}: the predicate breaks a rule, nothing is signed
     */
    public static SignedEnvelope sign(Message predicate, List<? extends Signatory> keys) throws VerificationException {
        ByteString payload = CanonicalJson.print(predicate);
        byte[] pae = Dsse.pae(Dsse.PAYLOAD_TYPE, payload);
        ByteString bytes =
                envelope(payload, keys.stream().map(key -> signature(key, pae)).toList());
        Statement statement = EnvelopeOpener.open(bytes).statement();
        if (!statement.predicate().equals(Optional.of(predicate))) {
            // Unknown fields of the message, or text that has no UTF-8: it would not say what the caller meant.
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The predicate holds something that canonical JSON cannot say; leave it out.");
        }
        return new SignedEnvelope(statement, bytes);
    }

    /** The same payload, and so the same statement, with one more signature. The ones that it has stay. */
    public static ByteString with(OpenedEnvelope opened, Signatory key) {
        List<Signature> signatures = new ArrayList<>(opened.envelope().getSignaturesList());
        signatures.add(signature(key, opened.pae()));
        return envelope(opened.envelope().getPayload(), signatures);
    }

    /** The same statement with none of its ML-DSA-44 signatures: as it was before it gained them. */
    public static ByteString withoutSecond(OpenedEnvelope opened) {
        return envelope(
                opened.envelope().getPayload(),
                opened.envelope().getSignaturesList().stream()
                        .filter(signature -> signature.getSignature().size() != MlDsaKey.SIGNATURE_SIZE)
                        .toList());
    }

    private static Signature signature(Signatory key, byte[] pae) {
        return Signature.newBuilder()
                .setKeyId(key.verifyingKey().id().value())
                .setSignature(key.sign(pae))
                .build();
    }

    private static ByteString envelope(ByteString payload, List<Signature> signatures) {
        List<Signature> sorted = new ArrayList<>(signatures);
        sorted.sort(Comparator.comparing(signature -> new KeyId(signature.getKeyId())));
        return Envelope.newBuilder()
                .setPayloadType(Dsse.PAYLOAD_TYPE)
                .setPayload(payload)
                .addAllSignatures(sorted)
                .build()
                .toByteString();
    }
}
