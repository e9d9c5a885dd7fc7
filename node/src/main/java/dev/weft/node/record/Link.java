package dev.weft.node.record;

/** That one record came from, or speaks of, another one; {@code said} is the record that names the other. */
public record Link(long down, long up, Role role, long said) {}
