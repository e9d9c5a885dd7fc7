package dev.weft.node;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weft.node.db.DirectorySearch;
import dev.weft.node.release.Eraser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Searches in a process of its own: a process that closes any handle on a file gives up all its POSIX locks on it (fcntl(2)),
 * so this one may not open the database, its shared memory or the lock of the directory a second time. What is searched
 * for goes over standard input, since everybody on the machine sees a command line.
 */
public final class SearchProcess implements Eraser.Search {

    @Override
    public Map<Path, DirectorySearch.Hits> search(Path directory, List<byte[]> patterns) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.weft.node.cli.Main",
                        "search-bytes",
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            for (byte[] pattern : patterns) {
                in.write((HexFormat.of().formatHex(pattern) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("the search ended with " + process.exitValue());
            }
            return parse(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were searched", e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException("the search gave no answer", e);
        }
    }

    private static Map<Path, DirectorySearch.Hits> parse(String answer) {
        Map<Path, DirectorySearch.Hits> searched = new TreeMap<>();
        for (Map.Entry<String, JsonElement> file :
                JsonParser.parseString(answer).getAsJsonObject().entrySet()) {
            JsonObject hits = file.getValue().getAsJsonObject();
            searched.put(
                    Path.of(file.getKey()),
                    new DirectorySearch.Hits(
                            hits.get("bytes").getAsLong(), hits.get("found").getAsLong()));
        }
        return searched;
    }
}
