package dev.weft.node.observe;

import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model's signed manifest says of the files that were hashed. It is looked for beside a path as {@code NAME.sig}
 * and in a folder as {@code model.sig}.
 *
 * @param manifest where it lies
 * @param digest of its bytes
 * @param files {@code match}, {@code mismatch: why} or {@code not compared: why}
 * @param read the manifest, where it could be read
 */
record Signed(Path manifest, Digest digest, String files, Optional<ModelManifest> read) {
    private static final String WITHIN = "model.sig";

    /** Nothing where no Sigstore bundle lies there. */
    static Optional<Signed> of(Path path, Hasher hasher) throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + ".sig");
        Path manifest = !Files.exists(beside) && Files.isDirectory(path) ? path.resolve(WITHIN) : beside;
        if (!Files.isRegularFile(manifest) || Files.size(manifest) > ModelManifest.MAX_CHARACTERS) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(manifest);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!ModelManifest.isBundle(text)) {
            return Optional.empty();
        }
        Digest digest = Hashing.sha256(bytes);
        try {
            ModelManifest read = ModelManifest.parse(text);
            String files = new ManifestMatch(read, path, manifest, hasher).said();
            return Optional.of(new Signed(manifest, digest, files, Optional.of(read)));
        } catch (VerificationException e) {
            return Optional.of(new Signed(manifest, digest, "not compared: " + e.getMessage(), Optional.empty()));
        }
    }

    /** As fields of the artifact's record. Nobody here checked the signature, and so it is said. */
    SortedMap<String, String> fields() {
        SortedMap<String, String> own = new TreeMap<>();
        own.put("manifest", manifest.toString());
        own.put("manifestDigest", "sha256:" + digest.hex());
        own.put("manifestFiles", files);
        own.put("manifestSignature", "not verified");
        read.ifPresent(said -> {
            own.put("manifestModel", "sha256:" + said.root().hex());
            own.put("manifestName", said.name());
            own.put("manifestSigner", said.signer());
        });
        return own;
    }
}
