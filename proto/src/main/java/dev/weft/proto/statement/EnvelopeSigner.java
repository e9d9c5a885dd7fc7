package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SigningKey;
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
    public static SignedEnvelope sign(Message predicate, List<SigningKey> keys) throws VerificationException {
        ByteString payload = CanonicalJson.print(predicate);
        byte[] pae = Dsse.pae(Dsse.PAYLOAD_TYPE, payload);
        Envelope.Builder envelope =
                Envelope.newBuilder().setPayloadType(Dsse.PAYLOAD_TYPE).setPayload(payload);
        List<SigningKey> sorted = new ArrayList<>(keys);
        sorted.sort(Comparator.comparing(key -> key.verifyingKey().id()));
        for (SigningKey key : sorted) {
            envelope.addSignatures(Signature.newBuilder()
                    .setKeyId(key.verifyingKey().id().value())
                    .setSignature(key.sign(pae)));
        }
        ByteString bytes = envelope.build().toByteString();
        Statement statement = EnvelopeOpener.open(bytes).statement();
        if (!statement.predicate().equals(Optional.of(predicate))) {
            // Unknown fields of the message, or text that has no UTF-8: it would not say what the caller meant.
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The predicate holds something that canonical JSON cannot say; leave it out.");
        }
        return new SignedEnvelope(statement, bytes);
    }
}
