package dev.weft.node.observe;

import com.google.gson.JsonObject;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The commit that Git has in a working tree, and whether the files there differ from it. Where they do, {@code changes}
 * is the SHA-256 of {@code git diff HEAD --binary} followed by name and digest of each file that Git does not know.
 */
public record CodeState(Path root, String commit, Optional<String> repository, Optional<Digest> changes) {

    /** Of the working tree that the directory lies in, if it lies in one with a commit. */
    public static Optional<CodeState> of(Path directory) throws IOException {
        Optional<String> root = git(directory, "rev-parse", "--show-toplevel");
        Optional<String> commit = git(directory, "rev-parse", "--verify", "HEAD^{commit}");
        // A repository of SHA-256 objects has longer names, which no digest form takes.
        if (root.isEmpty() || commit.isEmpty() || commit.get().length() != 40) {
            return Optional.empty();
        }
        Path top = Path.of(root.get());
        return Optional.of(new CodeState(
                top,
                commit.get(),
                git(directory, "remote", "get-url", "origin").map(CodeState::withoutSecrets),
                changes(top)));
    }

    /** The commit that a file is of as it lies there; where none is, the state of the working tree as a whole. */
    static Optional<CodeState> ofFile(Path directory, Path file) throws IOException {
        Optional<String> differs = git(directory, "status", "--porcelain", "--ignored", "--", file.toString());
        Optional<String> commit = git(directory, "log", "-1", "--format=%H", "--", file.toString());
        Optional<CodeState> now = of(directory);
        boolean committed = differs.isPresent()
                && differs.get().isEmpty()
                && commit.isPresent()
                && !commit.get().isEmpty();
        return committed
                ? now.map(state -> new CodeState(state.root(), commit.get(), state.repository(), Optional.empty()))
                : now;
    }

    private static Optional<String> git(Path directory, String... arguments) {
        return Command.ask(directory, command(arguments));
    }

    private static List<String> command(String... arguments) {
        return Stream.concat(Stream.of("git", "--no-optional-locks"), Arrays.stream(arguments))
                .toList();
    }

    /** A password in an address is a secret wherever it lies. */
    private static String withoutSecrets(String address) {
        return address.replaceFirst("^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@]*@", "$1");
    }

    private static Optional<Digest> changes(Path root) throws IOException {
        byte[] diff = Command.bytes(root, command("diff", "HEAD", "--binary", "--no-ext-diff", "--no-color"))
                .orElseThrow(() -> new IOException("git diff fails in " + root));
        byte[] unknown = Command.bytes(root, command("ls-files", "--others", "--exclude-standard", "-z"))
                .orElseThrow(() -> new IOException("git ls-files fails in " + root));
        if (diff.length == 0 && unknown.length == 0) {
            return Optional.empty();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(diff);
        for (String name : new String(unknown, StandardCharsets.UTF_8).split("\0", -1)) {
            Path file = root.resolve(name);
            if (!name.isEmpty() && Files.isRegularFile(file)) {
                String line = name + "\0" + FileBytes.sha256(file).hex() + "\0";
                all.writeBytes(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return Optional.of(Hashing.sha256(all.toByteArray()));
    }

    /** Whether Git keeps that file in this tree. */
    public boolean keeps(Path file) {
        return git(root, "ls-files", "--error-unmatch", "--", file.toString()).isPresent();
    }

    /** As a record in the plain JSON form. The same state is the same record. */
    public JsonObject record(String source) {
        JsonObject record = new JsonObject();
        record.addProperty("kind", "code");
        record.addProperty("source", source);
        record.addProperty("externalId", id());
        record.addProperty("name", String.valueOf(root.getFileName()));
        record.addProperty("digest", "git-sha1:" + commit);
        repository.ifPresent(address -> record.addProperty("repository", address));
        record.addProperty("dirty", changes.isPresent());
        JsonObject own = new JsonObject();
        own.addProperty("root", root.toString());
        changes.ifPresent(digest -> own.addProperty("changes", "sha256:" + digest.hex()));
        record.add("fields", own);
        return record;
    }

    /** The record's external id. */
    public String id() {
        String state = root + "\0" + repository.orElse("") + "\0"
                + changes.map(Digest::hex).orElse("");
        Digest rest = Hashing.sha256(state.getBytes(StandardCharsets.UTF_8));
        return "git:" + commit + ":" + rest.hex().substring(0, 16);
    }
}
