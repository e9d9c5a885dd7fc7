package dev.weft.node.record;

import dev.weft.proto.digest.ContentDigest;
import java.util.Optional;

/**
 * What a tool could say to tell an artifact from others. A weak digest (MLflow's eight hex digits, DVC's MD5) is kept as
 * text under a name that says so, with its maker in front; it never stands where a digest stands, and joins nothing.
 *
 * @param digest over the content, strong enough that equal means the same
 * @param weakDigest a tool's own, for example {@code mlflow:1a2b3c4d}
 */
public record Fingerprint(Optional<ContentDigest> digest, Optional<String> weakDigest) {

    /** Nothing but its name is known of it. */
    public static final Fingerprint NONE = new Fingerprint(Optional.empty(), Optional.empty());

    /** Of content that was hashed. */
    public static Fingerprint of(ContentDigest digest) {
        return new Fingerprint(Optional.of(digest), Optional.empty());
    }

    void describe(Fields fields) {
        digest.ifPresent(value -> fields.put("digest", value));
        fields.putText("weakDigest", weakDigest);
    }
}
