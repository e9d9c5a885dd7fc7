package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;

/**
 * A small self-verifying file: somebody signed two things of which only one can be true (docs/protocol.md section 10). What it
 * holds is a claim until {@link #verify} has said yes.
 *
 * @param message as parsed or made
 */
public record ForkProof(dev.weft.proto.v1.ForkProof message) {
    /** Bytes of a file at most. */
    public static final int MAX_BYTES = 1 << 20;

    private static final ByteString HEAD = ByteString.copyFromUtf8("weft-fork-proof-v1\n");

    /** Whether a file with these first bytes says that it is one. */
    public static boolean claims(ByteString file) {
        return file.startsWith(HEAD);
    }

    /**
     * Reads a file; only the one encoding of what it says is accepted.
     *
     * @throws VerificationException {@link Reason#TOO_LARGE}, {@link Reason#MALFORMED} or {@link Reason#NOT_CANONICAL}
     */
    public static ForkProof parse(ByteString file) throws VerificationException {
        if (file.size() > MAX_BYTES) {
            throw new VerificationException(
                    Reason.TOO_LARGE, "A fork proof has at most 1 MiB, not " + file.size() + " bytes.");
        }
        if (!claims(file)) {
            throw new VerificationException(
                    Reason.MALFORMED, "This is no fork proof: the file does not begin with weft-fork-proof-v1.");
        }
        ForkProof proof;
        try {
            proof = new ForkProof(dev.weft.proto.v1.ForkProof.parseFrom(file.substring(HEAD.size())));
        } catch (InvalidProtocolBufferException e) {
            throw new VerificationException(
                    Reason.MALFORMED, "The fork proof is damaged; ask for the file anew from who wrote it.", e);
        }
        Strict.requireKnown(proof.message());
        if (!proof.encode().equals(file)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The fork proof is not in its one encoding; take the file as it was written.");
        }
        return proof;
    }

    /** The bytes of the file. */
    public ByteString encode() {
        return HEAD.concat(message.toByteString());
    }

    /**
     * Checks it, on a machine that knows nothing.
     *
     * @throws VerificationException {@link Reason#PROVES_NOTHING} where both things can be true or may be another's, else what
     *     is wrong with a signature, a proof or a form
     */
    public ForkVerdict verify() throws VerificationException {
        return switch (message.getContradictionCase()) {
            case LOG -> LogForkCheck.verify(message.getGenesis(), message.getLog());
            case EQUIVOCATION -> StatementForkCheck.equivocation(message.getGenesis(), message.getEquivocation());
            case SITE -> StatementForkCheck.site(message.getGenesis(), message.getSite());
            case CONTRADICTION_NOT_SET ->
                throw new VerificationException(
                        Reason.PROVES_NOTHING, "The fork proof holds no contradiction: it proves nothing.");
        };
    }
}
