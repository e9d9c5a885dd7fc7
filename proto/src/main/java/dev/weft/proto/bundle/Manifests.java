package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.v1.BundleManifest;
import dev.weft.proto.v1.SequenceGap;
import java.util.List;
import java.util.TreeSet;

/** The part {@code bundle.json}. */
final class Manifests {
    static final String NAME = "bundle.json";
    static final String CHECKPOINT = "checkpoint";
    static final String DISCLOSURES = "disclosures";
    static final String ENTRIES = "entries";
    static final String HASHES = "hashes";
    static final int VERSION = 1;
    static final int MAX_BYTES = 16 << 20;

    static final String GAPS = "gaps";
    static final String OMITTED = "omitted-entries";
    static final String LATER = "later-entries";
    static final String TRUTH = "truth-of-statements";
    static final String UNLOGGED = "unlogged-work";

    private Manifests() {}

    /** A checkpoint with all its signature lines, and what the text of it says. */
    record SignedCheckpoint(ByteString note, Checkpoint checkpoint) {}

    /** What follows from the parts. */
    static BundleManifest of(
            BundleManifest asked, Standing standing, SignedCheckpoint signed, long entries, List<SequenceGap> gaps) {
        Checkpoint checkpoint = signed.checkpoint();
        BundleManifest.Builder manifest = BundleManifest.newBuilder()
                .setVersion(VERSION)
                .setFederation(standing.federation().toByteString())
                .setOrigin(standing.origin())
                .setCheckpoint(checkpoint.head().toProto())
                .setQuestion(asked.getQuestion())
                .setPolicy(asked.getPolicy())
                .setEntries(entries)
                .addAllGaps(gaps)
                // A line by a key that nobody named cannot be verified: that it is the one that was exported, this
                // says.
                .setNote(Hashing.sha256(signed.note()).toByteString());
        TreeSet<String> codes = new TreeSet<>(List.of(LATER, TRUTH, UNLOGGED));
        if (!gaps.isEmpty()) {
            codes.add(GAPS);
        }
        if (entries < checkpoint.head().size()) {
            codes.add(OMITTED);
        }
        return manifest.addAllNotProven(codes).build();
    }

    static ByteString print(BundleManifest manifest) {
        return CanonicalJson.printMessage(manifest);
    }

    static BundleManifest parse(ByteString json) throws VerificationException {
        BundleManifest.Builder manifest = BundleManifest.newBuilder();
        CanonicalJson.parseMessage(json, manifest);
        if (manifest.getVersion() != VERSION) {
            throw new VerificationException(
                    Reason.UNSUPPORTED_VERSION,
                    "The bundle is of a version that this program does not know; use a newer one.");
        }
        if (!manifest.getPolicy().isEmpty() && manifest.getPolicy().size() != 32) {
            throw new VerificationException(
                    Reason.MALFORMED, "The bundle names a policy by something that is no SHA-256; ask for it anew.");
        }
        ScopeClaim.check(manifest.getQuestion());
        return manifest.build();
    }
}
