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
                    Reason.UNSUPPORTED_VERSION,
                    "This genesis continues another log, which this version cannot; use one that can.");
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
