package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.federation.Distribution;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what the README says. Blocks below a {@code <!-- runnable: NAME -->} line run in their order in one directory, both
 * machines being this one; the example's host name and ports are replaced, and where a daemon is sent to the background the
 * next line waits for it, as a person would.
 */
class ReadmeIT {
    private static final Pattern BLOCK =
            Pattern.compile("<!-- runnable: (\\S+) -->\\n```sh\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Pattern BACKGROUND = Pattern.compile("(?m)^(.* serve --dir (\\S+)) &$");
    private static final int PATIENCE_SECONDS = 600;

    @Test
    void runnableBlocks_doWhatTheySay(@TempDir Path directory) throws Exception {
        Path checkout = Distribution.checkout();
        Map<String, String> blocks = blocks(Files.readString(checkout.resolve("README.md")));
        assertThat(blocks.keySet()).containsExactly("aggregator", "site", "record");
        StringBuilder script = new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p); wait' EXIT\n");
        blocks.forEach((name, block) -> script.append("export WEFT_HTTP_ADDRESS=127.0.0.1:")
                .append(name.equals("aggregator") ? "7080" : "7878")
                .append('\n')
                .append(waiting(block))
                .append('\n'));
        String typed =
                script.toString().replace("aggregator.example", "127.0.0.1").replace("0.0.0.0", "127.0.0.1");
        for (String port : new String[] {"7443", "7080", "7878"}) {
            typed = typed.replace(":" + port, ":" + freePort());
        }
        Path output = directory.resolve("output");
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", typed)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        bash.environment()
                .merge(
                        "PATH",
                        checkout.resolve("node/target/weft-node/bin") + ":"
                                + checkout.resolve("aggregator/target/weft-aggregator/bin"),
                        (path, bins) -> bins + ":" + path);
        Process process = bash.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("hospital-a", "ward-7-2026");
    }

    private static Map<String, String> blocks(String readme) {
        Map<String, String> blocks = new LinkedHashMap<>();
        for (Matcher block = BLOCK.matcher(readme); block.find(); ) {
            blocks.put(block.group(1), block.group(2));
        }
        return blocks;
    }

    private static String waiting(String block) {
        return BACKGROUND.matcher(block).replaceAll("$1 &\nuntil [ -f $2/run.json ]; do sleep 0.2; done");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
