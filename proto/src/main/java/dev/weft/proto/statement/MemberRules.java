package dev.weft.proto.statement;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberKeyRules;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Continuation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.SecondKeys;
import dev.weft.proto.v1.Witness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form of the statements that decide who may speak. */
final class MemberRules {
    private static final int MAX_ROOT_KEYS = 16;
    private static final int MAX_LOG_KEYS = 4;
    private static final int MAX_INVITATION = 8_192;
    private static final int MAX_LOSS = 500;
    private static final int MAX_WITNESSES = 32;
    private static final int MAX_QUORUM = 14;

    private MemberRules() {}

    static void genesis(Genesis genesis) throws VerificationException {
        FieldRules.name(genesis.getName(), "name");
        FieldRules.size(genesis.getNonce(), 32, "nonce");
        distinctKeys(genesis.getRootKeysList(), MAX_ROOT_KEYS, "rootKeys");
        FieldRules.value(
                genesis.getRootThreshold() >= 1 && genesis.getRootThreshold() <= genesis.getRootKeysCount(),
                "rootThreshold",
                "must be 1 to the number of root keys");
        FieldRules.value(
                genesis.getLogOrigin().matches(Pattern.quote(genesis.getName()) + "/log/(0|[1-9][0-9]{0,8})"),
                "logOrigin",
                "must be " + genesis.getName() + "/log/ and a number");
        FieldRules.value(
                genesis.getLogOrigin().equals(genesis.getHeader().getAudience()),
                "header.audience",
                "must be logOrigin");
        distinctKeys(genesis.getLogKeysList(), MAX_LOG_KEYS, "logKeys");
        FieldRules.key(genesis.hasAggregatorKey(), genesis.getAggregatorKey(), KeyAlgorithm.ED25519, "aggregatorKey");
        FieldRules.hash(genesis.getCaDigest(), "caDigest");
        if (genesis.getProtocolVersion() != 1) {
            throw new VerificationException(
                    Reason.UNSUPPORTED_VERSION, "'protocolVersion' must be 1, the only one that there is.");
        }
        FieldRules.present(genesis.hasLimits(), "limits");
        limits(genesis.getLimits(), EnvelopeOpener.LIMITS);
        requiredSignatures(genesis);
        if (genesis.hasContinues()) {
            continuation(genesis.getContinues());
        }
    }

    private static void requiredSignatures(Genesis genesis) throws VerificationException {
        List<KeyAlgorithm> required = genesis.getRequiredSignaturesList();
        boolean second = required.equals(List.of(KeyAlgorithm.ED25519, KeyAlgorithm.ML_DSA_44));
        if (!second && !required.equals(List.of(KeyAlgorithm.ED25519))) {
            throw new VerificationException(
                    Reason.UNKNOWN_ALGORITHM,
                    "'requiredSignatures' must be ED25519, and ML_DSA_44 behind it or nothing.");
        }
        FieldRules.value(genesis.hasSecond() == second, "second", "stands where ML_DSA_44 is required, and only there");
        if (second) {
            secondKeys(genesis.getSecond(), "second");
            FieldRules.value(
                    genesis.getSecond().getRootCount() == genesis.getRootKeysCount()
                            && genesis.getSecond().getLogCount() == genesis.getLogKeysCount(),
                    "second",
                    "must hold one key for each root key and each log key");
            FieldRules.value(
                    genesis.getLimits().getMaxPayloadBytes() >= MemberKeyRules.LEAST_PAYLOAD_WITH_SECOND,
                    "limits.maxPayloadBytes",
                    "must be at least " + MemberKeyRules.LEAST_PAYLOAD_WITH_SECOND + " where second keys are enrolled");
            FieldRules.value(
                    genesis.getLimits().getMaxEntryBytes() - genesis.getLimits().getMaxPayloadBytes()
                            >= MemberKeyRules.SIGNATURES_WITH_SECOND,
                    "limits.maxEntryBytes",
                    "must be " + MemberKeyRules.SIGNATURES_WITH_SECOND
                            + " above limits.maxPayloadBytes where second signatures are required");
        }
    }

    /** How many there must be says genesis. */
    private static void secondKeys(SecondKeys keys, String field) throws VerificationException {
        FieldRules.count(keys.getRootList(), 1, MAX_ROOT_KEYS, field + ".root");
        FieldRules.count(keys.getLogList(), 1, MAX_LOG_KEYS, field + ".log");
        FieldRules.present(keys.hasAggregator(), field + ".aggregator");
        List<PublicKey> all = new ArrayList<>(keys.getRootList());
        all.addAll(keys.getLogList());
        all.add(keys.getAggregator());
        for (PublicKey key : all) {
            FieldRules.key(true, key, KeyAlgorithm.ML_DSA_44, field);
        }
        if (new HashSet<>(all).size() < all.size()) {
            throw new VerificationException(Reason.DUPLICATE, "A key stands twice in '" + field + "'; keep one.");
        }
    }

    /** A federation may be stricter than the protocol, never laxer. */
    private static void limits(Limits limits, Limits most) throws VerificationException {
        within(limits.getMaxEntryBytes(), 16_384, most.getMaxEntryBytes(), "limits.maxEntryBytes");
        within(limits.getMaxPayloadBytes(), 8_192, most.getMaxPayloadBytes(), "limits.maxPayloadBytes");
        within(limits.getMaxMembers(), 1, most.getMaxMembers(), "limits.maxMembers");
        within(limits.getMaxClosePart(), 1, most.getMaxClosePart(), "limits.maxClosePart");
    }

    private static void within(int value, int least, int most, String field) throws VerificationException {
        FieldRules.value(value >= least && value <= most, field, "must be " + least + " to " + most);
    }

    private static void continuation(Continuation continuation) throws VerificationException {
        FieldRules.hash(continuation.getFederation(), "continues.federation");
        FieldRules.present(!continuation.getOrigin().isEmpty(), "continues.origin");
        FieldRules.present(continuation.hasHead(), "continues.head");
        FieldRules.head(continuation.getHead(), "continues.head");
    }

    /** The signatures within are checked where the root keys are known. */
    static void membership(Membership membership) throws VerificationException {
        FieldRules.present(!membership.getInvitation().getInvitation().isEmpty(), "invitation");
        FieldRules.value(
                membership.getInvitation().getInvitation().size() <= MAX_INVITATION,
                "invitation",
                "has more than " + MAX_INVITATION + " bytes");
        FieldRules.count(membership.getInvitation().getSignaturesList(), 1, 2 * MAX_ROOT_KEYS, "invitation.signatures");
        allKeys(membership.getKeys());
        FieldRules.size(membership.getOneTimeSignature(), 64, "oneTimeSignature");
        possessions(membership.getPossessionsList());
    }

    /** Whose statement a change of keys or standing is; {@code null}: the member's own. */
    static @Nullable MemberName authorOf(Key key) {
        return switch (key.getChangeCase()) {
            case REVOKE, REQUIRE -> MemberName.ROOT;
            case SUSPEND, RESUME -> MemberName.AGGREGATOR;
            case ROTATE, ROLLOVER, CHANGE_NOT_SET -> null;
        };
    }

    static void key(Key key) throws VerificationException {
        switch (key.getChangeCase()) {
            case ROTATE -> {
                MemberKeys keys = key.getRotate().getKeys();
                FieldRules.value(
                        !keys.equals(MemberKeys.getDefaultInstance()),
                        "rotate.keys",
                        "names no key; name those that change");
                FieldRules.value(
                        !keys.hasRecovery(), "rotate.keys.recovery", "cannot be rotated; it changes by rollover alone");
                someKeys(keys);
                possessions(key.getRotate().getPossessionsList());
            }
            case ROLLOVER -> rollover(key.getHeader(), key.getRollover());
            case REVOKE -> FieldRules.member(key.getRevoke().getMember(), "revoke.member");
            case SUSPEND -> FieldRules.member(key.getSuspend().getMember(), "suspend.member");
            case RESUME -> FieldRules.member(key.getResume().getMember(), "resume.member");
            case REQUIRE -> secondKeys(key.getRequire().getKeys(), "require.keys");
            case CHANGE_NOT_SET -> FieldRules.present(false, "change");
        }
    }

    private static void rollover(Header header, Rollover rollover) throws VerificationException {
        allKeys(rollover.getKeys());
        possessions(rollover.getPossessionsList());
        FieldRules.text(rollover.getLoss(), MAX_LOSS, "rollover.loss");
        FieldRules.value(
                header.getSeq() == 0 && header.getIncarnation() == rollover.getOldIncarnation() + 1,
                "header",
                "of a rollover has seq 0 and the incarnation after rollover.oldIncarnation");
        FieldRules.value(
                rollover.getLastStatement().equals(header.getPrev()),
                "rollover.lastStatement",
                "must equal header.prev");
    }

    static void policy(Policy policy) throws VerificationException {
        FieldRules.count(policy.getWitnessesList(), 0, MAX_WITNESSES, "witnesses");
        FieldRules.text(policy.getOperator(), 200, "operator");
        Set<String> organisations = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Witness witness : policy.getWitnessesList()) {
            FieldRules.present(!witness.getName().isEmpty(), "witnesses.name");
            FieldRules.text(witness.getName(), 200, "witnesses.name");
            FieldRules.present(!witness.getOrganisation().isEmpty(), "witnesses.organisation");
            FieldRules.text(witness.getOrganisation(), 200, "witnesses.organisation");
            FieldRules.key(witness.hasKey(), witness.getKey(), KeyAlgorithm.ED25519, "witnesses.key");
            FieldRules.value(names.add(witness.getName()), "witnesses.name", "stands twice");
            organisations.add(witness.getOrganisation());
        }
        int n = organisations.size();
        int k = policy.getK();
        int f = policy.getF();
        // docs/protocol.md section 5: two quorums meet in an honest one, and the dishonest cannot block.
        boolean quorum = n == 0 ? k == 0 && f == 0 : k >= 1 && k <= MAX_QUORUM && f >= 0 && 2 * k > n + f && k <= n - f;
        if (!quorum) {
            throw new VerificationException(
                    Reason.POLICY_INVALID,
                    "With " + n + " organisations, k = " + k + " and f = " + f
                            + " do not hold k > (n+f)/2, k <= n-f and k <= " + MAX_QUORUM + ".");
        }
    }

    static void evidence(Evidence evidence) throws VerificationException {
        FieldRules.member(evidence.getMember(), "member");
        FieldRules.hash(evidence.getFirst(), "first");
        FieldRules.hash(evidence.getSecond(), "second");
        FieldRules.hash(evidence.getSecondEnvelopeDigest(), "secondEnvelopeDigest");
        FieldRules.value(
                !evidence.getFirst().equals(evidence.getSecond()), "second", "must be another statement than 'first'");
    }

    private static void allKeys(MemberKeys keys) throws VerificationException {
        FieldRules.present(keys.hasStatement(), "keys.statement");
        FieldRules.present(keys.hasWitness(), "keys.witness");
        FieldRules.present(keys.hasTls(), "keys.tls");
        FieldRules.present(keys.hasHpke(), "keys.hpke");
        FieldRules.present(keys.hasRecovery(), "keys.recovery");
        someKeys(keys);
    }

    private static void someKeys(MemberKeys keys) throws VerificationException {
        optionalKey(keys.hasStatement(), keys.getStatement(), KeyAlgorithm.ED25519, "keys.statement");
        optionalKey(keys.hasWitness(), keys.getWitness(), KeyAlgorithm.ED25519, "keys.witness");
        optionalKey(keys.hasTls(), keys.getTls(), KeyAlgorithm.ECDSA_P256, "keys.tls");
        optionalKey(keys.hasHpke(), keys.getHpke(), KeyAlgorithm.X25519, "keys.hpke");
        optionalKey(keys.hasRecovery(), keys.getRecovery(), KeyAlgorithm.ED25519, "keys.recovery");
        optionalKey(keys.hasSecond(), keys.getSecond(), KeyAlgorithm.ML_DSA_44, "keys.second");
    }

    private static void optionalKey(boolean there, PublicKey key, KeyAlgorithm algorithm, String field)
            throws VerificationException {
        if (there) {
            FieldRules.key(true, key, algorithm, field);
        }
    }

    private static void possessions(List<Possession> possessions) throws VerificationException {
        FieldRules.count(possessions, 0, 6, "possessions");
        for (Possession possession : possessions) {
            FieldRules.present(possession.hasKey(), "possessions.key");
            FieldRules.present(!possession.getSignature().isEmpty(), "possessions.signature");
        }
    }

    private static void distinctKeys(List<PublicKey> keys, int most, String field) throws VerificationException {
        FieldRules.count(keys, 1, most, field);
        for (PublicKey key : keys) {
            FieldRules.key(true, key, KeyAlgorithm.ED25519, field);
        }
        if (new HashSet<>(keys).size() < keys.size()) {
            throw new VerificationException(Reason.DUPLICATE, "A key stands twice in '" + field + "'; keep one.");
        }
    }
}
