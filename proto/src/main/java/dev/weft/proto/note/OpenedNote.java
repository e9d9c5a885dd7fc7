package dev.weft.proto.note;

import java.util.List;

/**
 * A note of which at least one signature verified.
 *
 * @param text signed by each of {@code verified}
 * @param verified signatures that verified, in the note's order
 * @param unverified signatures by keys that nobody asked about: they say nothing
 */
public record OpenedNote(String text, List<NoteSignature> verified, List<NoteSignature> unverified) {
    /** Copies the lists. */
    public OpenedNote {
        verified = List.copyOf(verified);
        unverified = List.copyOf(unverified);
    }
}
