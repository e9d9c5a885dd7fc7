package dev.weft.it.demo;

import java.nio.file.Path;

/**
 * What is to be played.
 *
 * @param sites hospitals, 1 to 50
 * @param rounds of training, 1 to 50
 * @param seed of everything that is drawn in the training
 * @param dir where everything lies
 */
public record DemoOptions(int sites, int rounds, long seed, Path dir) {

    public DemoOptions {
        if (sites < 1 || sites > 50 || rounds < 1 || rounds > 50) {
            throw new IllegalArgumentException("sites and rounds are 1 to 50");
        }
        dir = dir.toAbsolutePath().normalize();
    }

    /** Three hospitals, two rounds: the same story, shorter. */
    public static DemoOptions quick(Path dir) {
        return new DemoOptions(3, 2, 42, dir);
    }
}
