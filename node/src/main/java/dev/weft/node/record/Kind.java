package dev.weft.node.record;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of record. The number is what the database keeps; it never changes its meaning. */
public enum Kind {
    DATASET(1, "digest"),
    CODE(2, "digest"),
    ENVIRONMENT(3, "digest"),
    MODEL(4, "digest"),
    RUN(5, "step"),
    METRICS(6, "kind"),
    PERMIT(7, "name"),
    REVOCATION(8, "kind"),
    NOTE(9, "kind"),
    ROUND(10, "event"),
    DECISION(11, "kind"),
    OBSERVATION(12, "kind"),
    ERASURE(13, "kind"),
    DISCLOSURE(14, "kind");

    private final int number;
    private final String identityField;

    Kind(int number, String identityField) {
        this.number = number;
        this.identityField = identityField;
    }

    /** The form in which people and tools write it, for example {@code dataset}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The field whose commitment stands for the record outside of the site; without it, the record's name does. */
    public String identityField() {
        return identityField;
    }

    /** Whether statements speak of records of this kind. */
    public boolean hasNameOutside() {
        return switch (this) {
            case DATASET, CODE, ENVIRONMENT, MODEL, RUN, PERMIT -> true;
            case METRICS, REVOCATION, NOTE, ROUND, DECISION, OBSERVATION, ERASURE, DISCLOSURE -> false;
        };
    }

    /** Whether tools hand in records of this kind; the others the node makes itself. */
    public boolean comesFromTools() {
        return this != DECISION && this != ERASURE && this != DISCLOSURE;
    }

    int number() {
        return number;
    }

    /** The kind of that name, if there is one. */
    public static Optional<Kind> ofText(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
    }

    static Kind ofNumber(int number) {
        return Arrays.stream(values())
                .filter(kind -> kind.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the database holds a record of unknown kind " + number));
    }
}
