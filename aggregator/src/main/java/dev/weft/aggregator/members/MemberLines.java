package dev.weft.aggregator.members;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import java.util.Locale;

/** Members as lines or as JSON. */
public final class MemberLines {
    private MemberLines() {}

    /** One word for a member's standing: in force, suspended, quarantined or revoked; the gravest that holds. */
    static String standing(Member member) {
        if (member.revokedAt().isPresent()) {
            return "revoked";
        }
        if (member.quarantinedAt().isPresent()) {
            return "quarantined";
        }
        return member.suspended() ? "suspended" : "active";
    }

    public static String text(Standing standing) {
        StringBuilder lines = new StringBuilder();
        for (Member member : standing.members()) {
            lines.append(String.format(
                    Locale.ROOT,
                    "%-24s %-12s %-12s entry %-8d %s%n",
                    member.name(),
                    role(member),
                    standing(member),
                    member.membershipIndex(),
                    member.organisation()));
        }
        return lines.isEmpty() ? "no members yet; 'weft-aggregator invite' invites the first\n" : lines.toString();
    }

    public static JsonArray json(Standing standing) {
        JsonArray members = new JsonArray();
        for (Member member : standing.members()) {
            JsonObject json = new JsonObject();
            json.addProperty("name", member.name().value());
            json.addProperty("role", role(member));
            json.addProperty("standing", standing(member));
            json.addProperty("organisation", member.organisation());
            json.addProperty("entry", member.membershipIndex());
            members.add(json);
        }
        return members;
    }

    private static String role(Member member) {
        return member.role().name().toLowerCase(Locale.ROOT);
    }
}
