package dev.weft.proto.standing;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.PublicKey;
import java.util.ArrayList;
import java.util.List;

/** What genesis fixes: its id is the federation, its keys are checked once and kept. */
record Founding(
        Digest federation,
        Genesis genesis,
        List<VerifyingKey> rootKeys,
        List<VerifyingKey> logKeys,
        VerifyingKey aggregatorKey) {

    /** Genesis is signed by every root key that it names: none can be named against its holder's will. */
    static Founding of(OpenedEnvelope opened) throws VerificationException {
        Statement statement = opened.statement();
        if (!(statement.predicate().orElse(null) instanceof Genesis genesis)) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION, "Entry 0 of the log is no genesis; this is not a federation's log.");
        }
        if (genesis.hasContinues()) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION,
                    "Entry 0 of the log continues another log; a continued log begins with the entries of the old one.");
        }
        List<VerifyingKey> rootKeys = keys(genesis.getRootKeysList());
        opened.verify(rootKeys);
        return new Founding(
                statement.id(),
                genesis,
                rootKeys,
                keys(genesis.getLogKeysList()),
                VerifyingKey.of(genesis.getAggregatorKey()));
    }

    /**
     * The log goes on under another name and key, by the word of every root key. What the federation is stays.
     *
     * @throws VerificationException {@link Reason#DUPLICATE} where it continues nothing, {@link Reason#WRONG_FEDERATION}
     *     or {@link Reason#UNKNOWN_LOG} where it continues something else
     */
    Founding continuedBy(Genesis next) throws VerificationException {
        if (!next.hasContinues()) {
            throw new VerificationException(
                    Reason.DUPLICATE,
                    "A federation has one genesis; state something else, or found another federation.");
        }
        boolean same = next.getContinues().getFederation().equals(federation.toByteString())
                && next.getName().equals(genesis.getName())
                && next.getRootKeysList().equals(genesis.getRootKeysList())
                && next.getRootThreshold() == genesis.getRootThreshold()
                && next.getRequiredSignaturesList().equals(genesis.getRequiredSignaturesList());
        if (!same) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION,
                    "A continuation keeps the federation, its name, its root keys and what they require.");
        }
        if (!next.getContinues().getOrigin().equals(genesis.getLogOrigin())
                || number(next.getLogOrigin()) != number(genesis.getLogOrigin()) + 1) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The log here is " + genesis.getLogOrigin()
                            + "; its continuation names it and takes the next number," + " not " + next.getLogOrigin()
                            + " after " + next.getContinues().getOrigin() + ".");
        }
        List<VerifyingKey> nextLogKeys = keys(next.getLogKeysList());
        if (nextLogKeys.stream().anyMatch(logKeys::contains)) {
            throw new VerificationException(
                    Reason.BAD_KEY, "A continued log has another key: the old one signs nothing any more.");
        }
        return new Founding(federation, next, rootKeys, nextLogKeys, VerifyingKey.of(next.getAggregatorKey()));
    }

    private static long number(String origin) {
        return Long.parseLong(origin.substring(origin.lastIndexOf('/') + 1));
    }

    /** As many root keys as the threshold asks for, and those that the envelope names. */
    List<VerifyingKey> rootSigners(OpenedEnvelope opened) throws VerificationException {
        List<VerifyingKey> named = new ArrayList<>();
        for (VerifyingKey key : rootKeys) {
            if (opened.names(key.id())) {
                named.add(key);
            }
        }
        if (named.size() != genesis.getRootThreshold()) {
            throw new VerificationException(
                    named.size() < genesis.getRootThreshold() ? Reason.MISSING_SIGNATURE : Reason.UNEXPECTED_SIGNATURE,
                    "The envelope names " + named.size() + " root keys; exactly " + genesis.getRootThreshold()
                            + " must sign for " + MemberName.ROOT + ".");
        }
        return named;
    }

    private static List<VerifyingKey> keys(List<PublicKey> keys) throws VerificationException {
        List<VerifyingKey> checked = new ArrayList<>();
        for (PublicKey key : keys) {
            checked.add(VerifyingKey.of(key));
        }
        return List.copyOf(checked);
    }
}
