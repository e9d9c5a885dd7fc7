package dev.weft.node.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a token may do. None includes another: a tool that records cannot read, an administrator cannot approve. */
public enum Scope {
    /** Hands in records and round events. */
    CAPTURE,
    /** Reads raw records, statements, answers and status. */
    READ,
    /** Decides what leaves, in the name of the token's person. */
    STEWARD,
    /** Tokens, configuration and backup. */
    ADMIN;

    /** Lower-case, as it is written. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scopes in a comma-separated list; empty where one is unknown or none is named. */
    public static Optional<List<Scope>> parse(String text) {
        List<Scope> result = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            Optional<Scope> scope = Arrays.stream(values())
                    .filter(s -> s.code().equals(name.strip()))
                    .findFirst();
            if (scope.isEmpty()) {
                return Optional.empty();
            }
            result.add(scope.get());
        }
        return Optional.of(result.stream().distinct().sorted().toList());
    }

    /** The list as {@link #parse} reads it. */
    public static String print(List<Scope> scopes) {
        return String.join(",", scopes.stream().map(Scope::code).toList());
    }
}
