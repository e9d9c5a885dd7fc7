package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.util.ArrayList;
import java.util.List;

/** Paths of proofs from and to their messages. */
final class Paths {
    /** No tree of 63-bit size needs more; the bound of tlog-witness. */
    static final int MAX = 63;

    private Paths() {}

    static List<Digest> parse(List<ByteString> path) throws VerificationException {
        if (path.size() > MAX) {
            throw new VerificationException(
                    Reason.LIMIT_EXCEEDED, "A proof has at most 63 hashes, not " + path.size() + ".");
        }
        List<Digest> hashes = new ArrayList<>(path.size());
        for (ByteString hash : path) {
            hashes.add(Digest.parse(hash, "A hash of a proof"));
        }
        return hashes;
    }

    static List<ByteString> toProto(List<Digest> path) {
        List<ByteString> hashes = new ArrayList<>(path.size());
        for (Digest hash : path) {
            hashes.add(hash.toByteString());
        }
        return hashes;
    }
}
