package dev.weft.it.load;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.it.federation.Distribution;
import dev.weft.it.federation.SiteNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What capture adds to a round of Flower, by Flower's own classes beside a real node. */
final class FlowerRound {
    private static final Path SCRIPTS =
            Distribution.checkout().resolve("integration-tests").resolve("python");

    /**
     * Medians over the rounds, in milliseconds.
     *
     * @param more of the differences between a round with both points and the round without, right before it
     * @param processor the same in processor time of the Python process
     */
    record Cost(double without, double with, double more, double processor, int rounds) {}

    private FlowerRound() {}

    /** Empty where no package index has Flower. */
    static Optional<Cost> measure(SiteNode node, Path home, int rounds) throws IOException {
        Path python = home.resolve("bin").resolve("python3");
        if (!Files.exists(python)) {
            run(List.of("python3", "-m", "venv", home.toString()));
        }
        Path list = SCRIPTS.resolve("flower.txt");
        if (run(List.of(python.toString(), "-m", "pip", "install", "--quiet", "-r", list.toString()))
                .isEmpty()) {
            return Optional.empty();
        }
        String said = run(List.of(
                        python.toString(),
                        SCRIPTS.resolve("flower_bench.py").toString(),
                        node.client().base().toString(),
                        node.tokenFile().toString(),
                        Integer.toString(rounds)))
                .orElseThrow(() -> new IOException("flower_bench.py fails; run it by hand"));
        JsonObject cost =
                JsonParser.parseString(said.substring(said.lastIndexOf('{'))).getAsJsonObject();
        return Optional.of(new Cost(
                cost.get("without").getAsDouble(),
                cost.get("with").getAsDouble(),
                cost.get("more").getAsDouble(),
                cost.get("processor").getAsDouble(),
                cost.get("rounds").getAsInt()));
    }

    /** What it prints; empty where it cannot be started or fails. */
    private static Optional<String> run(List<String> line) throws IOException {
        try {
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
