package dev.weft.it.story;

import dev.weft.it.demo.DemoOptions;
import dev.weft.it.demo.PlayedDemo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One demo-sized study, played once for all stories that only look at it or add to it. Its daemons run on. */
final class PlayedStudy {

    private static Optional<PlayedDemo> played = Optional.empty();

    private PlayedStudy() {}

    static synchronized PlayedDemo get() {
        if (played.isEmpty()) {
            played = Optional.of(PlayedDemo.play(DemoOptions.quick(directory("study"))));
        }
        return played.get();
    }

    /** A new directory below {@code target}, kept for whoever has to look at it. */
    static Path directory(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "it")), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
