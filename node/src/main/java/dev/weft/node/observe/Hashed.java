package dev.weft.node.observe;

import dev.weft.proto.digest.ContentDigest;
import java.util.Optional;

/**
 * What hashing a path came to.
 *
 * @param files how many files stand behind it; 1 for a file
 * @param bytes their sizes, added up
 * @param form {@code bytes}, {@code folder}, {@code safetensors}, {@code npy}, {@code npz} or {@code onnx}
 * @param note where a model's tensors could not be read and its bytes were taken instead: why
 */
public record Hashed(ContentDigest digest, long files, long bytes, String form, Optional<String> note) {
    static final String BYTES = "bytes";
    static final String FOLDER = "folder";

    /** Whether it is a folder's. */
    public boolean folder() {
        return form.equals(FOLDER);
    }
}
