package dev.weft.proto.merkle;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The tree over one record's field commitments: leaves are the commitments in field-name order, filled up to a power of
 * two with random decoys, so that neither a proof nor the root tells how many fields there are. The site log's leaf is
 * {@code "weft/record/v1" 0x00 version(1) log2(leaves) root}.
 */
public final class RecordTree {
    private static final byte[] LABEL = "weft/record/v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte VERSION = 1;

    private final List<String> names;
    private final List<Digest> leafHashes;
    private final Digest root;

    private RecordTree(List<String> names, List<Digest> leafHashes) {
        this.names = names;
        this.leafHashes = leafHashes;
        this.root = MerkleMath.head(leafHashes).root();
    }

    /**
     * Builds the tree. {@code decoy} is asked for a fresh random digest per empty place; the decoys must be kept with the
     * record (or be derivable from a kept secret) for the same tree to come out again. No field is an
     * IllegalArgumentException.
     */
    public static RecordTree build(SortedMap<String, Digest> commitments, Supplier<Digest> decoy) {
        if (commitments.isEmpty()) {
            throw new IllegalArgumentException("A record has at least one field");
        }
        List<Digest> leafHashes = new ArrayList<>();
        for (Digest commitment : commitments.values()) {
            leafHashes.add(leafHash(commitment));
        }
        while (Integer.bitCount(leafHashes.size()) != 1) {
            leafHashes.add(leafHash(decoy.get()));
        }
        return new RecordTree(List.copyOf(commitments.keySet()), leafHashes);
    }

    /** The hash of a field's leaf: what {@link #prove} proves. */
    public static Digest leafHash(Digest commitment) {
        return MerkleMath.leafHash(commitment.toByteArray());
    }

    /** Root over fields and decoys. */
    public Digest root() {
        return root;
    }

    /** Logarithm of the number of leaves, decoys with them. */
    public int log2Fields() {
        return Integer.numberOfTrailingZeros(leafHashes.size());
    }

    /** The tree's head, for checking a field's proof. */
    public TreeHead head() {
        return new TreeHead(leafHashes.size(), root);
    }

    /** What the site's log holds of the record. */
    public ByteString leafData() {
        return leafData(log2Fields(), root);
    }

    /** The leaf data of a record with so many fields and that root, for whoever does not have the record. */
    public static ByteString leafData(int log2Fields, Digest root) {
        ByteString.Output out = ByteString.newOutput(LABEL.length + 2 + Digest.SIZE);
        out.write(LABEL, 0, LABEL.length);
        out.write(VERSION);
        out.write(log2Fields);
        byte[] bytes = root.toByteArray();
        out.write(bytes, 0, bytes.length);
        return out.toByteString();
    }

    /** That the named field stands in this record; an unknown name is an IllegalArgumentException. */
    public InclusionProof prove(String field) {
        int index = names.indexOf(field);
        if (index < 0) {
            throw new IllegalArgumentException("The record has no field " + field);
        }
        return InclusionProof.prove(MerkleMath.reader(leafHashes), index, leafHashes.size());
    }
}
