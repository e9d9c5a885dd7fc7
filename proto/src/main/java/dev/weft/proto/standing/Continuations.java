package dev.weft.proto.standing;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Genesis;
import java.util.List;

/**
 * The entries by which a log goes on after it can no longer be signed. The new log begins with the entries of the old one up
 * to the head that its continuation names, so every index, proof and receipt below stays what it was; the continuation is
 * the entry after them.
 */
public final class Continuations {
    private Continuations() {}

    /** Index of a continuation that was verified before. */
    public static long index(ByteString envelope) {
        try {
            return head(envelope).size();
        } catch (VerificationException e) {
            throw new IllegalArgumentException("that is no continuation", e);
        }
    }

    /** The last head of the log that it continues. */
    public static TreeHead head(ByteString envelope) throws VerificationException {
        return TreeHead.of(genesis(EnvelopeOpener.open(envelope)).getContinues().getHead());
    }

    /** Whether it keeps a requirement of second signatures that stands before it. */
    public static boolean requiresSecond(ByteString envelope) throws VerificationException {
        return genesis(EnvelopeOpener.open(envelope)).hasSecond();
    }

    /** Takes continuations into account, each after the checks that its place in the log asks for. */
    public static void apply(Standing standing, List<ByteString> envelopes) throws VerificationException {
        for (ByteString envelope : envelopes) {
            OpenedEnvelope opened = EnvelopeOpener.open(envelope, standing.limits());
            long index = TreeHead.of(genesis(opened).getContinues().getHead()).size();
            opened.verify(standing.requiredKeys(opened));
            standing.apply(index, opened);
        }
    }

    /** Those of them that lead to the log of that origin: none for the first one. */
    public static List<ByteString> upTo(String origin, List<ByteString> envelopes) throws VerificationException {
        for (int i = 0; i < envelopes.size(); i++) {
            if (genesis(EnvelopeOpener.open(envelopes.get(i))).getLogOrigin().equals(origin)) {
                return envelopes.subList(0, i + 1);
            }
        }
        return List.of();
    }

    private static Genesis genesis(OpenedEnvelope opened) throws VerificationException {
        if (opened.statement().predicate().orElse(null) instanceof Genesis genesis && genesis.hasContinues()) {
            return genesis;
        }
        throw new VerificationException(Reason.PROTOCOL, "The entry continues no log.");
    }
}
