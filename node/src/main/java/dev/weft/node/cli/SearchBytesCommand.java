package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.db.DirectorySearch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What an erasure starts to search the directory; hidden, since nobody types it. */
@Command(
        name = "search-bytes",
        hidden = true,
        mixinStandardHelpOptions = true,
        description =
                "Counts byte strings, a line of hexadecimal digits each on standard input, in every file below DIR.")
final class SearchBytesCommand extends NodeCommand {
    @Parameters(index = "0", paramLabel = "DIR", description = "Where to search.")
    private Path where = Path.of("");

    @Override
    int run() throws IOException, CliException {
        String input = new String(console().in().readAllBytes(), StandardCharsets.US_ASCII);
        List<byte[]> patterns;
        try {
            patterns = input.lines()
                    .filter(line -> !line.isEmpty())
                    .map(line -> HexFormat.of().parseHex(line))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.USAGE, "standard input has a line that is not hexadecimal");
        }
        JsonObject answer = new JsonObject();
        DirectorySearch.search(where, patterns).forEach((file, hits) -> {
            JsonObject one = new JsonObject();
            one.addProperty("bytes", hits.bytes());
            one.addProperty("found", hits.found());
            answer.add(file.toString(), one);
        });
        console().json(answer);
        return Exit.OK;
    }
}
