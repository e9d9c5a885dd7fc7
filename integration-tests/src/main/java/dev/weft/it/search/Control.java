package dev.weft.it.search;

/**
 * A value that has to be found, else the search is blind.
 *
 * @param name for people
 * @param value that is on the wire and at the aggregator
 * @param form in which it is there, the beginning of its name: {@code text}, {@code SHA-256}; empty: any
 */
public record Control(String name, RawValue value, String form) {}
