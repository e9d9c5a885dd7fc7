package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.Signature;
import java.io.IOException;

/**
 * Judges the form of an envelope: its size, its one encoding, its canonical payload, the limits of each field. Whose
 * word it is, and whether its turn has come, are the questions of standing and of {@link IntakeRule}.
 */
public final class EnvelopeOpener {
    /** What a new federation's genesis says, and the most that any genesis may say. */
    public static final Limits LIMITS = Limits.newBuilder()
            .setMaxEntryBytes(65_535)
            .setMaxPayloadBytes(45_000)
            .setMaxMembers(10_000)
            .setMaxClosePart(64)
            .build();

    private static final int MAX_SIGNATURES = 32;
    private static final int ED25519_SIGNATURE = 64;
    private static final int ML_DSA_44_SIGNATURE = 2_420;

    private EnvelopeOpener() {}

    /**
     * Opens an envelope under a federation's limits.
     *
     * @param bytes the serialised {@code Envelope} as received
     * @param limits as genesis says
     * @throws VerificationException {@link Reason#TOO_LARGE}, {@link Reason#MALFORMED}, {@link Reason#NOT_CANONICAL},
     *     {@link Reason#UNKNOWN_TYPE}, the reasons of {@link CanonicalJson#parse} and those of a field's rule
     */
    public static OpenedEnvelope open(ByteString bytes, Limits limits) throws VerificationException {
        requireSize("entry", bytes.size(), limits.getMaxEntryBytes());
        Envelope envelope = parse(bytes);
        if (!envelope.getPayloadType().equals(Dsse.PAYLOAD_TYPE)) {
            throw new VerificationException(Reason.UNKNOWN_TYPE, "The payload type must be " + Dsse.PAYLOAD_TYPE + ".");
        }
        requireSize("payload", envelope.getPayload().size(), limits.getMaxPayloadBytes());
        checkSignatures(envelope);
        CanonicalJson.Parsed parsed = CanonicalJson.parse(envelope.getPayload());
        StatementRules.check(parsed, limits);
        Digest id = Dsse.id(Dsse.pae(envelope.getPayloadType(), envelope.getPayload()));
        Statement statement = new Statement(id, parsed.predicateType(), parsed.header(), parsed.predicate());
        return new OpenedEnvelope(statement, envelope, bytes);
    }

    /** As {@link #open(ByteString, Limits)} under {@link #LIMITS}: for genesis, and where none is known yet. */
    public static OpenedEnvelope open(ByteString bytes) throws VerificationException {
        return open(bytes, LIMITS);
    }

    /** Protobuf has many encodings of one message; only the one that our serialisation gives is valid. */
    private static Envelope parse(ByteString bytes) throws VerificationException {
        Envelope envelope;
        try {
            // The payload stays a part of the bytes: they are kept beside it anyway.
            CodedInputStream in = bytes.newCodedInput();
            in.enableAliasing(true);
            envelope = Envelope.parseFrom(in);
            in.checkLastTagWas(0);
        } catch (IOException e) {
            throw new VerificationException(Reason.MALFORMED, "The entry is not an Envelope; send one as signed.");
        }
        if (hasUnknownFields(envelope)) {
            throw new VerificationException(
                    Reason.UNKNOWN_FIELD, "The envelope has a field that weft/v1 does not define; leave it out.");
        }
        if (envelope.getSerializedSize() != bytes.size()
                || !envelope.toByteString().equals(bytes)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL, "The envelope is not in its one encoding; send fields in order, each once.");
        }
        return envelope;
    }

    private static boolean hasUnknownFields(Envelope envelope) {
        boolean unknown = !envelope.getUnknownFields().asMap().isEmpty();
        for (Signature signature : envelope.getSignaturesList()) {
            unknown |= !signature.getUnknownFields().asMap().isEmpty();
        }
        return unknown;
    }

    private static void checkSignatures(Envelope envelope) throws VerificationException {
        int count = envelope.getSignaturesCount();
        if (count == 0 || count > MAX_SIGNATURES) {
            throw new VerificationException(
                    count == 0 ? Reason.MISSING_SIGNATURE : Reason.LIMIT_EXCEEDED,
                    "The envelope has " + count + " signatures; 1 to " + MAX_SIGNATURES + " are possible.");
        }
        KeyId last = null;
        for (Signature signature : envelope.getSignaturesList()) {
            int size = signature.getSignature().size();
            if (signature.getKeyId().size() != KeyId.SIZE
                    || (size != ED25519_SIGNATURE && size != ML_DSA_44_SIGNATURE)) {
                throw new VerificationException(
                        Reason.MALFORMED, "A signature has a key id or a value of another length than its algorithm.");
            }
            KeyId id = new KeyId(signature.getKeyId());
            if (last != null && last.compareTo(id) >= 0) {
                throw new VerificationException(
                        Reason.NOT_CANONICAL, "Signatures must be sorted by key id, each key once.");
            }
            last = id;
        }
    }

    private static void requireSize(String what, int size, int limit) throws VerificationException {
        if (size > limit) {
            throw new VerificationException(
                    Reason.TOO_LARGE,
                    "The " + what + " has " + size + " bytes; at most " + limit + " are allowed, say it in parts.");
        }
    }
}
