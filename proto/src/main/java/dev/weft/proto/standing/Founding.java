package dev.weft.proto.standing;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberKeyRules;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.RootKeys;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What genesis fixes, its id being the federation, and which signatures root has required since. Keys are checked once and
 * kept.
 */
record Founding(
        Digest federation,
        Genesis genesis,
        List<VerifyingKey> rootKeys,
        List<VerifyingKey> logKeys,
        VerifyingKey aggregatorKey,
        Optional<Requirement> requirement) {

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
        Founding founding = new Founding(
                statement.id(),
                genesis,
                rootKeys,
                keys(genesis.getLogKeysList()),
                VerifyingKey.of(genesis.getAggregatorKey()),
                genesis.hasSecond() ? Optional.of(Requirement.of(0, genesis.getSecond())) : Optional.empty());
        opened.verify(founding.allRootKeys());
        return founding;
    }

    /** Every root key, and its second one where that is required. */
    List<SignatureKey> allRootKeys() {
        List<SignatureKey> all = new ArrayList<>(rootKeys);
        requirement.ifPresent(second -> all.addAll(second.root()));
        return all;
    }

    /** Whose word an invitation is now. */
    RootKeys root() {
        return new RootKeys(rootKeys, requirement.map(Requirement::root).orElse(List.of()), genesis.getRootThreshold());
    }

    Founding with(Optional<Requirement> required) {
        return new Founding(federation, genesis, rootKeys, logKeys, aggregatorKey, required);
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
                && next.hasSecond() == requirement.isPresent();
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
        return new Founding(
                federation,
                next,
                rootKeys,
                nextLogKeys,
                VerifyingKey.of(next.getAggregatorKey()),
                requirement.isPresent() ? Optional.of(continued(requirement.get(), next)) : Optional.empty());
    }

    /** What is required stays required, under the same second keys of root and others of the log. */
    private static Requirement continued(Requirement before, Genesis next) throws VerificationException {
        Requirement after = Requirement.of(before.index(), next.getSecond());
        if (!after.root().equals(before.root())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION, "A continuation keeps the second keys of root; name the same.");
        }
        if (after.log().stream().anyMatch(before.log()::contains)) {
            throw new VerificationException(
                    Reason.BAD_KEY, "A continued log has another second key: the old one signs nothing any more.");
        }
        return after;
    }

    private static long number(String origin) {
        return Long.parseLong(origin.substring(origin.lastIndexOf('/') + 1));
    }

    /** As many root keys as the threshold asks for, those that the envelope names, and their second ones. */
    List<SignatureKey> rootSigners(OpenedEnvelope opened, Optional<Requirement> under) throws VerificationException {
        List<SignatureKey> signers = new ArrayList<>();
        int named = 0;
        for (int i = 0; i < rootKeys.size(); i++) {
            if (opened.names(rootKeys.get(i).id())) {
                named++;
                signers.add(rootKeys.get(i));
                if (under.isPresent()) {
                    signers.add(under.get().root().get(i));
                }
            }
        }
        if (named != genesis.getRootThreshold()) {
            throw new VerificationException(
                    named < genesis.getRootThreshold() ? Reason.MISSING_SIGNATURE : Reason.UNEXPECTED_SIGNATURE,
                    "The envelope names " + named + " root keys; exactly " + genesis.getRootThreshold()
                            + " must sign for " + MemberName.ROOT + ".");
        }
        return signers;
    }

    /**
     * What root requires by a statement: second keys for each of its own and the log's keys, once and for good.
     *
     * @throws VerificationException {@link Reason#DUPLICATE}, {@link Reason#BAD_VALUE} or {@link Reason#BAD_KEY}
     */
    Requirement required(long index, Require require) throws VerificationException {
        if (requirement.isPresent()) {
            throw new VerificationException(
                    Reason.DUPLICATE,
                    "ML-DSA-44 is required since entry " + requirement.get().index() + "; nothing is to be done.");
        }
        Requirement next = Requirement.of(index, require.getKeys());
        if (next.root().size() != rootKeys.size() || next.log().size() != logKeys.size()) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "The federation has " + rootKeys.size() + " root keys and " + logKeys.size()
                            + " log keys; name one second key for each.");
        }
        Limits limits = genesis.getLimits();
        if (limits.getMaxPayloadBytes() < MemberKeyRules.LEAST_PAYLOAD_WITH_SECOND
                || limits.getMaxEntryBytes() - limits.getMaxPayloadBytes() < MemberKeyRules.SIGNATURES_WITH_SECOND) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "Genesis allows payloads of " + limits.getMaxPayloadBytes() + " bytes in entries of "
                            + limits.getMaxEntryBytes() + "; second keys need payloads of "
                            + MemberKeyRules.LEAST_PAYLOAD_WITH_SECOND + " and second signatures "
                            + MemberKeyRules.SIGNATURES_WITH_SECOND
                            + " beside the largest one; found a federation that allows both.");
        }
        return next;
    }

    private static List<VerifyingKey> keys(List<PublicKey> keys) throws VerificationException {
        List<VerifyingKey> checked = new ArrayList<>();
        for (PublicKey key : keys) {
            checked.add(VerifyingKey.of(key));
        }
        return List.copyOf(checked);
    }
}
