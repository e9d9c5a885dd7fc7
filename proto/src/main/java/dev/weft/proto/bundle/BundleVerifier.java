package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.note.TlogPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Checks an audit bundle (docs/protocol.md section 11) with nothing but the bundle and, where there is one, the auditor's own
 * policy: no network, no directory, no clock. Reads the bundle once, front to back.
 */
public final class BundleVerifier {
    private final Optional<Policy> policy;

    private record Policy(TlogPolicy rules, Digest digest) {}

    private BundleVerifier(Optional<Policy> policy) {
        this.policy = policy;
    }

    /** Believes the log key that the bundle itself names, and says so: who has no policy cannot know whose log it is. */
    public static BundleVerifier withoutPolicy() {
        return new BundleVerifier(Optional.empty());
    }

    /**
     * Believes the logs and witnesses of a C2SP tlog-policy file.
     *
     * @throws VerificationException {@link dev.weft.proto.Reason#POLICY_INVALID}
     */
    public static BundleVerifier withPolicy(ByteString file) throws VerificationException {
        return new BundleVerifier(Optional.of(new Policy(TlogPolicy.parse(file), Hashing.sha256(file))));
    }

    /**
     * Checks a bundle and says what it proves. What is wrong with it is in the verdict; only a stream that cannot be read is
     * an IOException.
     */
    public BundleVerdict verify(InputStream bundle) throws IOException {
        BundleCheck check = new BundleCheck(new ZipIn(bundle), policy.map(Policy::rules), policy.map(Policy::digest));
        try {
            check.run();
            return check.verdict();
        } catch (VerificationException e) {
            return check.failed(e);
        }
    }
}
