package dev.weft.aggregator.cli;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.WitnessPolicy;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The file that people write a witness policy in, one thing on a line, {@code #} before a remark:
 *
 * <pre>{@code
 * operator ORGANISATION            runs the aggregator, and has no vote
 * member NAME [ORGANISATION]       a member, with its enrolled witness key; its own organisation where none is given
 * witness VKEY ORGANISATION        an outside C2SP witness, by its verifier key
 * k NUMBER                         organisations that must cosign; left out: the fewest that are safe
 * f NUMBER                         dishonest ones tolerated; left out: as many as can be
 * }</pre>
 */
final class PolicyFile {
    private final Standing standing;
    private final Policy.Builder policy = Policy.newBuilder();
    private OptionalInt k = OptionalInt.empty();
    private OptionalInt f = OptionalInt.empty();

    private PolicyFile(Standing standing) {
        this.standing = standing;
    }

    /** Reads a policy and checks it; the sentence of a refusal names the line. */
    static Policy read(List<String> lines, Standing standing) throws VerificationException {
        PolicyFile file = new PolicyFile(standing);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                file.line(i + 1, line);
            }
        }
        Policy read = file.finish();
        WitnessPolicy unused = WitnessPolicy.of(read);
        return read;
    }

    /** The most dishonest organisations that n can tolerate: k of them above (n + f) / 2 and at most n - f. */
    static int mostTolerated(int n) {
        int f = Math.max(0, (n - 1) / 3);
        while (f > 0 && fewest(n, f) > WitnessPolicy.MAX_K) {
            f--;
        }
        return f;
    }

    /** The fewest organisations of n that are safe from f dishonest ones. */
    static int fewest(int n, int f) {
        return (n + f) / 2 + 1;
    }

    private void line(int number, String line) throws VerificationException {
        String[] words = line.split("\\s+", 2);
        String rest = words.length < 2 ? "" : words[1].strip();
        switch (words[0]) {
            case "operator" -> policy.setOperator(required(number, rest, "an organisation"));
            case "member" -> member(number, required(number, rest, "the name of a member"));
            case "witness" -> outside(number, required(number, rest, "a verifier key and an organisation"));
            case "k" -> k = OptionalInt.of(number(number, rest));
            case "f" -> f = OptionalInt.of(number(number, rest));
            default ->
                throw wrong(
                        number,
                        "begins with '" + words[0] + "'; a line begins with operator, member, witness, k, f or #");
        }
    }

    private void member(int number, String rest) throws VerificationException {
        String[] words = rest.split("\\s+", 2);
        if (!MemberName.isName(words[0])) {
            throw wrong(number, "'" + words[0] + "' is no member's name");
        }
        Member member = standing.member(new MemberName(words[0]))
                .orElseThrow(() ->
                        wrong(number, "'" + words[0] + "' has not joined; 'weft-aggregator members' lists who has"));
        if (member.revokedAt().isPresent()) {
            throw wrong(number, "'" + words[0] + "' is revoked and cannot witness");
        }
        String organisation = words.length > 1 ? words[1] : member.organisation();
        policy.addWitnesses(Witness.newBuilder()
                .setName(words[0])
                .setOrganisation(organisation.isBlank() ? words[0] : organisation)
                .setKey(member.keys().getWitness()));
    }

    private void outside(int number, String rest) throws VerificationException {
        String[] words = rest.split("\\s+", 2);
        if (words.length < 2) {
            throw wrong(number, "needs the organisation of the witness after its key");
        }
        NoteVerifier verifier;
        try {
            verifier = NoteVerifier.parse(words[0]);
        } catch (VerificationException e) {
            throw wrong(number, "holds no verifier key (" + e.getMessage() + ")");
        }
        if (!verifier.isCosigner()) {
            throw wrong(number, "holds the key of a log, not of a witness; ask for the witness's own verifier key");
        }
        policy.addWitnesses(Witness.newBuilder()
                .setName(verifier.name())
                .setOrganisation(words[1])
                .setKey(verifier.key().toProto()));
    }

    private Policy finish() throws VerificationException {
        Set<String> organisations = new HashSet<>();
        policy.getWitnessesList().forEach(witness -> organisations.add(witness.getOrganisation()));
        int n = organisations.size();
        if (n == 0) {
            throw new VerificationException(
                    Reason.POLICY_INVALID, "The policy names no witness; give a line 'member NAME' for each of them.");
        }
        int tolerated = f.orElse(k.isPresent() ? 0 : mostTolerated(n));
        return policy.setF(tolerated).setK(k.orElse(fewest(n, tolerated))).build();
    }

    private static String required(int number, String rest, String what) throws VerificationException {
        if (rest.isEmpty()) {
            throw wrong(number, "needs " + what);
        }
        return rest;
    }

    private static int number(int number, String rest) throws VerificationException {
        if (!rest.matches("\\d{1,3}")) {
            throw wrong(number, "needs a whole number");
        }
        return Integer.parseInt(rest);
    }

    private static VerificationException wrong(int number, String what) {
        return new VerificationException(Reason.POLICY_INVALID, "Line " + number + " of the policy " + what + ".");
    }
}
