package dev.weft.proto.bundle;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.note.TlogPolicy;
import dev.weft.proto.v1.BundleManifest;
import dev.weft.proto.v1.SequenceGap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a bundle that holds still does not show, in words. */
final class NotProven {
    private static final int SHOWN = 10;

    private NotProven() {}

    /**
     * What a checkpoint carries beside the log's own signatures.
     *
     * @param lines all of these
     * @param strangers those that neither root nor a policy names a key for
     */
    record Beside(int lines, int strangers) {}

    static List<BundleVerdict.NotProvenText> texts(
            BundleManifest manifest,
            List<SequenceGap> gaps,
            Beside beside,
            Optional<TlogPolicy> policy,
            Optional<Digest> policyDigest) {
        List<BundleVerdict.NotProvenText> texts = new ArrayList<>();
        for (String code : manifest.getNotProvenList()) {
            texts.add(new BundleVerdict.NotProvenText(code, text(code, manifest, gaps)));
        }
        if (policy.isEmpty()) {
            add(
                    texts,
                    "federation",
                    "That this is the federation you mean: no policy was given, so the log key that the bundle itself names "
                            + "was believed. Compare the federation's id with the one you know, or give a policy.");
        }
        if (policy.isEmpty() || policy.get().asksNobody()) {
            add(
                    texts,
                    "finality",
                    "That everybody is shown this same log: nobody's word for the checkpoint counts here but the log's own.");
        }
        if (policy.isEmpty() && beside.lines() > 0) {
            add(
                    texts,
                    "unjudged-cosignatures",
                    "Anything by the " + beside.lines()
                            + " signatures that the checkpoint carries beside the log's own: "
                            + "whose of them count, only a policy says, and none was given.");
        }
        if (beside.strangers() > 0) {
            add(
                    texts,
                    "unknown-signatures",
                    "Anything by " + beside.strangers()
                            + " of the checkpoint's signatures: neither root nor a policy names the keys "
                            + "that they claim to be of, so they were not checked and count for nothing.");
        }
        boolean other = policyDigest.isPresent()
                && !manifest.getPolicy().isEmpty()
                && !manifest.getPolicy().equals(policyDigest.get().toByteString());
        if (other) {
            add(
                    texts,
                    "exported-for-another-policy",
                    "Anything about the policy that it was exported for: that is another file. It was judged by yours.");
        }
        return texts;
    }

    private static void add(List<BundleVerdict.NotProvenText> texts, String code, String text) {
        texts.add(new BundleVerdict.NotProvenText(code, text));
    }

    private static String text(String code, BundleManifest manifest, List<SequenceGap> gaps) {
        long size = manifest.getCheckpoint().getSize();
        return switch (code) {
            case Manifests.GAPS -> "What stands in the gaps: " + words(gaps) + ".";
            case Manifests.LATER ->
                "What was said after entry " + (size - 1) + ", of which the checkpoint knows nothing.";
            case Manifests.OMITTED ->
                "What the other " + (size - manifest.getEntries()) + " of " + size
                        + " entries say: one of them might contradict an entry that is here.";
            case Manifests.TRUTH ->
                "That a statement is true: it is shown who said it, and that he cannot take it back.";
            case Manifests.UNLOGGED -> "That no work was done which nobody stated.";
            default -> throw new IllegalStateException("a manifest with the code " + code + " was accepted");
        };
    }

    private static String words(List<SequenceGap> gaps) {
        List<String> all = new ArrayList<>();
        for (SequenceGap gap : gaps.subList(0, Math.min(SHOWN, gaps.size()))) {
            all.add("'" + gap.getAuthor() + "' "
                    + (gap.getFirst() == gap.getLast()
                            ? "" + gap.getFirst()
                            : gap.getFirst() + " to " + gap.getLast()));
        }
        return String.join(", ", all) + (gaps.size() > SHOWN ? ", and " + (gaps.size() - SHOWN) + " more" : "");
    }
}
