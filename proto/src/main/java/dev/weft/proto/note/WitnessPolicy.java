package dev.weft.proto.note;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose cosignatures make a checkpoint final: {@code k} organisations of those listed, one vote each, of which {@code f}
 * may be dishonest. Two quorums then share an honest organisation: {@code k > (n + f) / 2}, and honest ones alone suffice:
 * {@code k <= n - f}.
 *
 * @param seats the witnesses
 * @param k organisations needed
 * @param f dishonest organisations tolerated
 */
public record WitnessPolicy(List<Seat> seats, int k, int f) {
    /** Witnesses at most. */
    public static final int MAX_WITNESSES = 32;
    /** Organisations needed at most: with the log's own, sixteen lines are served. */
    public static final int MAX_K = 14;

    /** A witness's key, and the organisation whose vote it casts. */
    public record Seat(String organisation, NoteVerifier verifier) {}

    /** Copies. */
    public WitnessPolicy {
        seats = List.copyOf(seats);
    }

    /** Reads a policy statement's body and checks its arithmetic; the organisation that it calls the operator has no seat. */
    public static WitnessPolicy of(Policy policy) throws VerificationException {
        return of(policy, policy.getOperator());
    }

    /** As above, for an aggregator's organisation that is known from elsewhere. */
    public static WitnessPolicy of(Policy policy, String aggregatorOrganisation) throws VerificationException {
        List<Seat> seats = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<SignatureKey> keys = new HashSet<>();
        Set<String> organisations = new HashSet<>();
        for (Witness witness : policy.getWitnessesList()) {
            Seat seat = seat(witness, aggregatorOrganisation);
            if (!names.add(witness.getName()) || !keys.add(seat.verifier().key())) {
                throw invalid("the witness " + witness.getName() + " or its key stands in it twice");
            }
            organisations.add(seat.organisation());
            seats.add(seat);
        }
        long k = Integer.toUnsignedLong(policy.getK());
        long f = Integer.toUnsignedLong(policy.getF());
        int n = organisations.size();
        if (seats.size() > MAX_WITNESSES || k < 1 || k > MAX_K) {
            throw invalid("it may name 32 witnesses and ask for 1 to 14 organisations");
        }
        if (2 * k <= n + f || k > n - f) {
            throw invalid(
                    "with " + n + " organisations, k = " + k + " and f = " + f + " break k > (n+f)/2 or k <= n-f");
        }
        return new WitnessPolicy(seats, (int) k, (int) f);
    }

    /** The usable keys that a policy names, even where its arithmetic keeps it from ever coming into force. */
    public static List<NoteVerifier> keys(Policy policy) {
        return policy.getWitnessesList().stream()
                .flatMap(witness -> usableKey(witness).stream())
                .toList();
    }

    private static Optional<NoteVerifier> usableKey(Witness witness) {
        if (!NoteText.isKeyName(witness.getName())) {
            return Optional.empty();
        }
        try {
            return Optional.of(NoteVerifier.cosigner(witness.getName(), VerifyingKey.of(witness.getKey())));
        } catch (VerificationException e) {
            // No line can be of a key that breaks the rule.
            return Optional.empty();
        }
    }

    private static Seat seat(Witness witness, String aggregatorOrganisation) throws VerificationException {
        if (!NoteText.isKeyName(witness.getName()) || witness.getOrganisation().isBlank()) {
            throw invalid("a witness needs a name without spaces and an organisation");
        }
        if (witness.getOrganisation().equals(aggregatorOrganisation)) {
            throw invalid("the aggregator's own organisation may not witness");
        }
        return new Seat(
                witness.getOrganisation(), NoteVerifier.cosigner(witness.getName(), VerifyingKey.of(witness.getKey())));
    }

    /** How many organisations have a seat. */
    public int organisations() {
        return (int) seats.stream().map(Seat::organisation).distinct().count();
    }

    /** Whether enough organisations cosigned the text. */
    public boolean isMet(String text, List<NoteSignature> lines) {
        return counting(text, lines).size() >= k;
    }

    /** The cosignatures that hold and count over the text, the first of each organisation. Lines of others are passed over. */
    public List<Cosignature> counting(String text, List<NoteSignature> lines) {
        List<Cosignature> counting = new ArrayList<>();
        Set<String> voted = new HashSet<>();
        for (NoteSignature line : lines) {
            for (Seat seat : seats) {
                if (!voted.contains(seat.organisation()) && holds(seat.verifier(), text, line)) {
                    voted.add(seat.organisation());
                    counting.add(new Cosignature(line));
                }
            }
        }
        return counting;
    }

    private static boolean holds(NoteVerifier witness, String text, NoteSignature line) {
        if (!witness.claims(line)) {
            return false;
        }
        try {
            witness.verify(text, line);
            return true;
        } catch (VerificationException e) {
            // A bad line is no vote; the others still count.
            return false;
        }
    }

    /** Fails unless enough organisations cosigned the text. */
    public void verify(String text, List<NoteSignature> lines) throws VerificationException {
        int votes = counting(text, lines).size();
        if (votes < k) {
            throw new VerificationException(
                    Reason.QUORUM_MISSING,
                    "The checkpoint has the cosignatures of " + votes + " organisations, " + k
                            + " are needed to be final.");
        }
    }

    private static VerificationException invalid(String what) {
        return new VerificationException(Reason.POLICY_INVALID, "The witness policy cannot be used: " + what + ".");
    }
}
