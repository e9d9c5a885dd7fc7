package dev.weft.node.release;

import dev.weft.proto.identity.MemberName;
import dev.weft.proto.v1.Role;
import java.util.List;
import java.util.Locale;

/**
 * What the policy says of opening a field for one reader, and where.
 *
 * @param field as in field rules; may end in {@code *}
 * @param reader a member's name, {@code role:ROLE}, or {@code *}
 * @param said the rule as it stands in the file, with its line; or why it holds without a rule
 */
public record DisclosureRule(String field, String reader, Verdict verdict, String said) {

    /** Who decides. */
    public enum Verdict {
        /** It is opened at once. */
        AUTOMATIC,
        /** It waits for the data steward. */
        STEWARD,
        /** It is refused at once. */
        NEVER;

        /** The form in the policy file. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String ANYBODY = "*";
    private static final String ROLE = "role:";

    static DisclosureRule without(Verdict verdict, String said) {
        return new DisclosureRule(ANYBODY, ANYBODY, verdict, said);
    }

    boolean holds(String name, MemberName member, Role role) {
        return Rules.fits(field, name)
                && (reader.equals(ANYBODY)
                        || reader.equals(member.value())
                        || reader.equals(ROLE + role.name().toLowerCase(Locale.ROOT)));
    }

    /** Whether it is closer to the case than another rule that holds for it: the longer field first, then the reader. */
    int closeness() {
        int who = reader.equals(ANYBODY) ? 0 : reader.startsWith(ROLE) ? 1 : 2;
        return field.length() * 3 + who;
    }

    static boolean isReader(String text) {
        if (text.startsWith(ROLE)) {
            return List.of("site", "coordinator", "auditor").contains(text.substring(ROLE.length()));
        }
        return text.equals(ANYBODY) || MemberName.isName(text);
    }
}
