package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.SharedProof;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.BundleManifest;
import dev.weft.proto.v1.BundleQuestion;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * Writes audit bundles: the same bytes for one question at one checkpoint, whoever writes them. Reads the whole log up to the
 * checkpoint once, and what the bundle holds of it twice more; holds the graph of it in memory.
 */
public final class BundleWriter {
    private final LogEntries log;
    private final ByteString note;
    private final TreeOf tree;
    private final BundleScope scope = new BundleScope();

    private record TreeOf(Standing standing, Checkpoint checkpoint, List<Digest> leaves) {}

    private interface Visitor {
        void visit(long index, ByteString envelope) throws IOException, VerificationException;
    }

    /**
     * Reads the log.
     *
     * @param log entries up to the note's size at least
     * @param note signed checkpoint, with the cosignatures that the bundle shall carry
     * @throws VerificationException where the entries are not those that the checkpoint signs
     */
    public BundleWriter(LogEntries log, ByteString note) throws VerificationException {
        this.log = log;
        this.note = note;
        // Until the entries are compared with it below, the note is believed for its size alone.
        long size = Checkpoint.parse(Note.parse(note).text()).head().size();
        Standing standing = LogKeys.genesis(log.entries(0, 1).get(0));
        List<Digest> leaves = new ArrayList<>();
        for (long at = 0; at < size; ) {
            for (ByteString envelope : log.entries(at, (int) Math.min(LogEntries.MAX, size - at))) {
                leaves.add(MerkleMath.leafHash(envelope));
                OpenedEnvelope opened =
                        at == 0 ? EnvelopeOpener.open(envelope) : EnvelopeOpener.open(envelope, standing.limits());
                if (at > 0 && FoundingEntry.isOne(opened.statement())) {
                    FoundingEntry.apply(standing, List.of(new FoundingEntry(at, envelope)));
                }
                scope.take(opened.statement());
                at++;
            }
        }
        this.tree = new TreeOf(standing, LogKeys.open(standing, note), leaves);
        if (!MerkleMath.head(tree.leaves()).equals(tree.checkpoint().head())) {
            throw new VerificationException(
                    Reason.LOG_CORRUPT,
                    "The entries here are not those of the checkpoint of size " + size
                            + "; no bundle is made of them.");
        }
    }

    /**
     * Writes a bundle.
     *
     * @param policy the file of the auditor's policy, which the bundle then names by its digest
     * @throws VerificationException where the log holds nothing of that name
     */
    public void write(BundleRequest request, Optional<ByteString> policy, OutputStream out)
            throws VerificationException, IOException {
        BundleQuestion question = request.resolve(scope.graph());
        long[] selected = scope.select(question);
        BundleManifest.Builder asked = BundleManifest.newBuilder().setQuestion(question);
        policy.ifPresent(file -> asked.setPolicy(Hashing.sha256(file).toByteString()));
        ZipParts.Part entries = measure(selected, asked);
        ByteString hashes = SharedProof.prove(
                MerkleMath.reader(tree.leaves()), selected, tree.leaves().size());
        List<ZipParts.Part> parts = new ArrayList<>();
        if (entries.size() + hashes.size() + (1L << 26) > ZipParts.MAX_SIZE) {
            throw new VerificationException(
                    Reason.TOO_LARGE, "The bundle would be larger than 4 GiB; ask for a round or a member instead.");
        }
        small(parts, Manifests.NAME, Manifests.print(asked.build()), out);
        small(parts, Manifests.CHECKPOINT, note, out);
        if (question.hasDisclosure()) {
            small(parts, Manifests.DISCLOSURES, request.letter(), out);
        }
        out.write(ZipParts.local(entries));
        parts.add(entries);
        visit(selected, (index, envelope) -> {
            out.write(Entries.header(index, envelope.size()));
            envelope.writeTo(out);
        });
        small(parts, Manifests.HASHES, hashes, out);
        out.write(ZipParts.directory(parts));
    }

    private static void small(List<ZipParts.Part> parts, String name, ByteString bytes, OutputStream out)
            throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes.asReadOnlyByteBuffer());
        ZipParts.Part part = new ZipParts.Part(name, (int) crc.getValue(), bytes.size());
        out.write(ZipParts.local(part));
        bytes.writeTo(out);
        parts.add(part);
    }

    /** The part of the entries as its headers tell it; completes the manifest by what they show. */
    private ZipParts.Part measure(long[] selected, BundleManifest.Builder manifest)
            throws VerificationException, IOException {
        CRC32 crc = new CRC32();
        AtomicLong size = new AtomicLong();
        Authority authority = Authority.of(EnvelopeOpener.open(log.entries(0, 1).get(0)));
        visit(selected, (index, envelope) -> {
            byte[] header = Entries.header(index, envelope.size());
            crc.update(header);
            crc.update(envelope.asReadOnlyByteBuffer());
            size.addAndGet(header.length + envelope.size());
            if (index > 0) {
                List<SignatureKey> unused = authority.take(
                        index, EnvelopeOpener.open(envelope, tree.standing().limits()));
            }
        });
        BundleManifest whole = Manifests.of(
                manifest.build(),
                tree.standing(),
                new Manifests.SignedCheckpoint(note, tree.checkpoint()),
                selected.length,
                authority.sequences().gaps());
        manifest.clear().mergeFrom(whole);
        return new ZipParts.Part(Manifests.ENTRIES, (int) crc.getValue(), size.get());
    }

    private void visit(long[] selected, Visitor visitor) throws VerificationException, IOException {
        for (int from = 0; from < selected.length; ) {
            long first = selected[from];
            int to = Arrays.binarySearch(selected, from, selected.length, first + LogEntries.MAX);
            to = to < 0 ? -to - 1 : to;
            int count = (int) (selected[to - 1] - first + 1);
            List<ByteString> window = new ArrayList<>(log.entries(first, count));
            while (window.size() < count) {
                window.addAll(log.entries(first + window.size(), count - window.size()));
            }
            for (; from < to; from++) {
                visitor.visit(selected[from], window.get((int) (selected[from] - first)));
            }
        }
    }
}
