package dev.weft.node.http;

import dev.weft.node.AdminToken;
import dev.weft.node.Site;
import dev.weft.node.release.ReleasePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A node's local API as a command finds it: an address and a token in a directory. */
public final class RunningNode implements AutoCloseable {
    private final Path directory;
    private final Site site;
    private final WholeApi api;

    /** Starts one whose directory is {@code directory}. */
    public RunningNode(Path directory) throws Exception {
        this.directory = directory;
        this.site = Site.of(directory);
        this.api = new WholeApi(site, ReleasePolicy.DEFAULT);
        api.api.start();
        Files.writeString(
                directory.resolve("run.json"), "{\"scheme\": \"http\", \"http\": \"%s\"}".formatted(api.api.address()));
        if (!Files.exists(AdminToken.file(directory))) {
            String token = api.tokens.add("admin", List.of(Scope.CAPTURE, Scope.READ, Scope.ADMIN));
            AdminToken.write(AdminToken.file(directory), token);
        }
    }

    @Override
    public void close() throws IOException {
        api.close();
        site.close();
        Files.deleteIfExists(directory.resolve("run.json"));
    }
}
