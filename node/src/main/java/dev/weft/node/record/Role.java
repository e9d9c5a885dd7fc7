package dev.weft.node.record;

import java.util.Arrays;

/** As what a record names another one. The number is what the database keeps. */
public enum Role {
    INPUT(1),
    OUTPUT(2),
    CODE(3),
    ENVIRONMENT(4),
    MEASURED(5),
    ABOUT(6),
    RUN(7),
    REVOKED(8);

    private final int number;

    Role(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** An output came from the record that names it; everything else is what the record that names it came from. */
    boolean namedIsDownstream() {
        return this == OUTPUT;
    }

    static Role ofNumber(int number) {
        return Arrays.stream(values())
                .filter(role -> role.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the database holds an unknown role " + number));
    }
}
