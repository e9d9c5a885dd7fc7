package dev.weft.aggregator.publish;

import java.time.Instant;
import java.util.Optional;

/**
 * How a witness of the policy stands.
 *
 * @param mode what it says of itself: mirror, light or outside; empty while it is not connected
 * @param size of the checkpoint that it cosigned last
 * @param at when that came
 * @param missingSince since when its cosignature is awaited
 * @param trouble why it did not cosign, as it says
 */
public record WitnessStatus(
        String name,
        String organisation,
        String mode,
        long size,
        Optional<Instant> at,
        Optional<Instant> missingSince,
        Optional<String> trouble) {}
