package dev.weft.aggregator.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Witness;
import java.util.ArrayList;
import java.util.List;

/** A witness policy in words and in JSON, with what is to be known of it. */
final class PolicyText {
    private PolicyText() {}

    /** One line a witness, then the quorum, then what is to be heeded. */
    static List<String> lines(Policy policy, Standing standing) throws VerificationException {
        List<String> lines = new ArrayList<>();
        for (Witness witness : policy.getWitnessesList()) {
            lines.add("witness   " + witness.getName() + " (" + witness.getOrganisation() + ") " + vkey(witness));
        }
        lines.add("operator  " + (policy.getOperator().isEmpty() ? "not named" : policy.getOperator()));
        lines.add("quorum    " + policy.getK() + " of " + organisations(policy) + " organisations, " + policy.getF()
                + " dishonest ones tolerated");
        warnings(policy, standing).forEach(warning -> lines.add("warning   " + warning));
        return lines;
    }

    static JsonObject json(Policy policy, Standing standing) throws VerificationException {
        JsonObject json = new JsonObject();
        JsonArray witnesses = new JsonArray();
        for (Witness witness : policy.getWitnessesList()) {
            JsonObject one = new JsonObject();
            one.addProperty("name", witness.getName());
            one.addProperty("organisation", witness.getOrganisation());
            one.addProperty("vkey", vkey(witness));
            witnesses.add(one);
        }
        json.add("witnesses", witnesses);
        json.addProperty("operator", policy.getOperator());
        json.addProperty("organisations", organisations(policy));
        json.addProperty("k", policy.getK());
        json.addProperty("f", policy.getF());
        JsonArray warnings = new JsonArray();
        warnings(policy, standing).forEach(warnings::add);
        json.add("warnings", warnings);
        return json;
    }

    static List<String> warnings(Policy policy, Standing standing) {
        List<String> warnings = new ArrayList<>();
        if (policy.getF() == 0) {
            warnings.add("this policy tolerates no dishonest witness: one that cosigns two histories can split the"
                    + " federation. Name an outside C2SP witness with a line 'witness VKEY ORGANISATION', or more"
                    + " members: four organisations tolerate one");
        }
        if (policy.getOperator().isEmpty()) {
            warnings.add("no line 'operator ORGANISATION': nothing keeps the aggregator's own organisation from"
                    + " witnessing its own log");
        }
        for (Witness witness : policy.getWitnessesList()) {
            if (MemberName.isName(witness.getName())) {
                standing.member(new MemberName(witness.getName()))
                        .filter(member -> member.revokedAt().isPresent()
                                || !member.keys().getWitness().equals(witness.getKey()))
                        .ifPresent(member -> warnings.add("'" + witness.getName() + "' "
                                + (member.revokedAt().isPresent() ? "is revoked" : "has another witness key now")
                                + ": set the policy anew without its old key"));
            }
        }
        return warnings;
    }

    private static long organisations(Policy policy) {
        return policy.getWitnessesList().stream()
                .map(Witness::getOrganisation)
                .distinct()
                .count();
    }

    private static String vkey(Witness witness) throws VerificationException {
        return NoteVerifier.cosigner(witness.getName(), VerifyingKey.of(witness.getKey()))
                .vkey();
    }
}
