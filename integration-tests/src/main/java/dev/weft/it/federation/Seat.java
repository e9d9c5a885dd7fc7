package dev.weft.it.federation;

import java.util.List;

/**
 * A member to be: what its invitation says, and the release policy it starts with.
 *
 * @param name of the member
 * @param role {@code site}, {@code coordinator} or {@code auditor}
 * @param organisation for people
 * @param policy lines of {@code release.policy}; none: the node's own default
 */
public record Seat(String name, String role, String organisation, List<String> policy) {

    public Seat {
        policy = List.copyOf(policy);
    }

    public static Seat site(String name, String... policy) {
        return new Seat(name, "site", "Hospital " + name, List.of(policy));
    }

    public static Seat coordinator(String name, String... policy) {
        return new Seat(name, "coordinator", "Study office", List.of(policy));
    }
}
