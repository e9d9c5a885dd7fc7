package dev.weft.proto;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Public test vectors that lie beside the repository; a test that needs an absent one is skipped and says so. */
public final class SharedVectors {

    private SharedVectors() {}

    /** The file under {@code vectors/}, found by -Dweft.shared or next to the checkout. */
    public static Path file(String name) {
        Path found = Stream.of(System.getProperty("weft.shared"), "../shared", "../../shared")
                .filter(Objects::nonNull)
                .map(root -> Path.of(root, "vectors", name))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(found != null, "no shared/vectors/" + name + " here; set -Dweft.shared=DIR");
        return Objects.requireNonNull(found);
    }

    public static JsonElement json(String name) throws IOException {
        try (Reader reader = Files.newBufferedReader(file(name))) {
            return JsonParser.parseReader(reader);
        }
    }
}
