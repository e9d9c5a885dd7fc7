package dev.weft.node.record;

/** Where to walk: up to what a record came from, or down to what came from it. */
public enum Direction {
    UP,
    DOWN
}
