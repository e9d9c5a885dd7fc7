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
        if (standing.members().isEmpty()) {
            return "no members yet; 'weft-aggregator invite' invites the first\n";
        }
        StringBuilder lines = new StringBuilder(line("MEMBER", "ROLE", "STANDING", "ENTRY", "ORGANISATION"));
        for (Member member : standing.members()) {
            lines.append(line(
                    member.name().value(),
                    role(member),
                    standing(member),
                    Long.toString(member.membershipIndex()),
                    member.organisation()));
        }
        return lines.toString();
    }

    private static String line(String name, String role, String standing, String entry, String organisation) {
        return String.format(Locale.ROOT, "%-24s %-12s %-12s %-8s %s", name, role, standing, entry, organisation)
                        .stripTrailing()
                + System.lineSeparator();
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
            json.addProperty("incarnation", member.incarnation());
            member.revokedAt().ifPresent(at -> json.addProperty("revokedAt", at));
            if (member.suspectFrom() > 0) {
                json.addProperty("suspectFrom", member.suspectFrom());
            }
            members.add(json);
        }
        return members;
    }

    private static String role(Member member) {
        return member.role().name().toLowerCase(Locale.ROOT);
    }
}
