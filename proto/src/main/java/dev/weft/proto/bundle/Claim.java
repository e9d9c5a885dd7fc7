package dev.weft.proto.bundle;

import java.util.List;

/**
 * One thing that a bundle was checked for.
 *
 * @param name stable, see docs/protocol.md section 11
 * @param holds whether it does
 * @param detail one sentence
 * @param entries log indexes of the entries that it rests on, ascending
 */
public record Claim(String name, boolean holds, String detail, List<Long> entries) {
    /** Copies the list. */
    public Claim {
        entries = List.copyOf(entries);
    }
}
