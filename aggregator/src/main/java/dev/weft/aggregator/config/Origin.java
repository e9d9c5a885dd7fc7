package dev.weft.aggregator.config;

import java.util.Locale;

/** Where an effective value comes from; the first one that gives a value wins. */
public enum Origin {
    FLAG,
    ENVIRONMENT,
    FILE,
    DEFAULT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
