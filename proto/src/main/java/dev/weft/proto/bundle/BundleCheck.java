package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.graph.MemoryGraph;
import dev.weft.proto.identity.SignatureKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.SharedProof;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.OpenedNote;
import dev.weft.proto.note.TlogPolicy;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.BundleManifest;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.SequenceGap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One bundle on its way through the checks. */
final class BundleCheck {
    private static final int CHUNK = 512;
    private static final int MAX_NOTE = 1 << 16;
    private static final int MAX_HASHES = 1 << 30;

    private final ZipIn in;
    private final Optional<TlogPolicy> policy;
    private final Optional<Digest> policyDigest;
    private final MemoryGraph graph = new MemoryGraph();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final List<Digest> leaves = new ArrayList<>();
    private final List<Long> spoken = new ArrayList<>();
    private String stage = "container";
    private BundleManifest asked = BundleManifest.getDefaultInstance();
    private ByteString note = ByteString.EMPTY;
    private ByteString letter = ByteString.EMPTY;
    private Optional<DisclosureScope> disclosure = Optional.empty();
    private @Nullable Authority authority;
    private @Nullable Checkpoint checkpoint;
    private List<Cosignature> cosignatures = List.of();
    private NotProven.Beside beside = new NotProven.Beside(0, 0);
    private Optional<ScopeClaim> scope = Optional.empty();

    BundleCheck(ZipIn in, Optional<TlogPolicy> policy, Optional<Digest> policyDigest) {
        this.in = in;
        this.policy = policy;
        this.policyDigest = policyDigest;
    }

    void run() throws IOException, VerificationException {
        ByteString manifest = in.readAll(Manifests.NAME, Manifests.MAX_BYTES);
        asked = Manifests.parse(manifest);
        note = in.readAll(Manifests.CHECKPOINT, MAX_NOTE);
        if (asked.getQuestion().hasDisclosure()) {
            letter = in.readAll(Manifests.DISCLOSURES, MAX_NOTE);
            disclosure = Optional.of(new DisclosureScope(asked.getQuestion().getDisclosure()));
        }
        entries();
        believe(LogKeys.verifiers(authority().standing()));
        requireNamedLines();
        inclusion();
        stage = "container";
        in.end();
        List<SequenceGap> gaps = authority().sequences().gaps();
        BundleManifest follows = Manifests.of(
                asked,
                authority().standing(),
                new Manifests.SignedCheckpoint(note, checkpoint()),
                indexes.size(),
                gaps);
        if (!Manifests.print(follows).equals(manifest)) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL,
                    "The bundle's manifest does not say what follows from its parts; ask for it anew.");
        }
        claims.add(new Claim(stage, true, "The file is, byte for byte, the one form of what it holds.", List.of()));
        keyHistory(gaps);
        scope = Optional.of(answer());
        claims.add(scope.get().claim());
    }

    private ScopeClaim answer() throws VerificationException {
        if (disclosure.isPresent()) {
            stage = "disclosed";
            return disclosure.get().claim(letter);
        }
        return ScopeClaim.of(asked.getQuestion(), graph, authority(), spoken);
    }

    private void entries() throws IOException, VerificationException {
        in.open(Manifests.ENTRIES);
        for (List<Entries.Indexed> chunk = Entries.next(in, CHUNK); !chunk.isEmpty(); chunk = Entries.next(in, CHUNK)) {
            take(chunk);
        }
        in.close();
        if (authority == null) {
            throw new VerificationException(Reason.MISSING_FIELD, "The bundle holds no entry; ask for it anew.");
        }
        claims.add(new Claim(
                stage,
                true,
                "Each of the " + indexes.size() + " entries is signed by exactly the keys in force where it stands.",
                indexes));
    }

    /** Opens and verifies on all cores, folds and projects in log order. */
    private void take(List<Entries.Indexed> chunk) throws VerificationException {
        requireOrder(chunk);
        int from = begin(chunk);
        Limits limits = authority().standing().limits();
        OneEntry[] entries =
                chunk.subList(from, chunk.size()).stream().map(OneEntry::new).toArray(OneEntry[]::new);
        IntStream.range(0, entries.length).parallel().forEach(i -> entries[i].open(limits));
        for (OneEntry entry : entries) {
            entry.require(authority());
        }
        IntStream.range(0, entries.length).parallel().forEach(i -> entries[i].verify());
        for (OneEntry entry : entries) {
            project(entry.index, entry.opened());
            leaves.add(entry.leaf());
        }
    }

    private void requireOrder(List<Entries.Indexed> chunk) throws VerificationException {
        long before = indexes.isEmpty() ? -1 : indexes.get(indexes.size() - 1);
        for (Entries.Indexed entry : chunk) {
            if (entry.index() <= before) {
                throw new VerificationException(
                        Reason.NOT_CANONICAL, "The entries of the bundle are not in log order; ask for it anew.");
            }
            before = entry.index();
        }
    }

    /** Where nothing was read yet: entry 0 is genesis. */
    private int begin(List<Entries.Indexed> chunk) throws VerificationException {
        if (authority != null) {
            return 0;
        }
        stage = "signatures";
        Entries.Indexed first = chunk.get(0);
        if (first.index() != 0) {
            throw new VerificationException(
                    Reason.MISSING_FIELD, "The bundle does not begin with entry 0, genesis; ask for it anew.");
        }
        OpenedEnvelope genesis = EnvelopeOpener.open(first.envelope());
        authority = Authority.of(genesis);
        project(0, genesis);
        leaves.add(MerkleMath.leafHash(first.envelope()));
        return 1;
    }

    /** Signed by a log key of genesis, or of the last continuation that the log itself holds. */
    private void believe(List<NoteVerifier> log) throws VerificationException {
        stage = "checkpoint";
        OpenedNote opened = NoteVerifier.open(note, log);
        checkpoint = Checkpoint.open(note, log);
        claims.add(new Claim(
                stage,
                true,
                "The checkpoint of " + checkpoint().head().size() + " entries is signed by the log's own key.",
                List.of(0L)));
        if (policy.isEmpty()) {
            return;
        }
        stage = "policy";
        TlogPolicy rules = policy.get();
        boolean trusted = log.stream()
                .anyMatch(key -> rules.trusts(key) && opened.verified().stream().anyMatch(key::claims));
        if (!trusted) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The policy does not name the key that signed the log "
                            + checkpoint().origin() + "; the bundle is of another federation, or the policy is.");
        }
        cosignatures = rules.require(opened);
        claims.add(new Claim(
                stage,
                true,
                rules.asksNobody()
                        ? "The policy names this log's key, and asks for no witness."
                        : "The policy names this log's key, and its quorum of witnesses cosigned the checkpoint.",
                List.of()));
    }

    /** A line by a witness whose key root or the auditor named holds, or the bundle does not; the rest is told, not judged. */
    private void requireNamedLines() throws VerificationException {
        stage = "checkpoint";
        Set<NoteVerifier> named = LogKeys.named(authority().standing());
        policy.ifPresent(rules -> named.addAll(rules.witnesses()));
        OpenedNote opened = NoteVerifier.open(note, named);
        int lines = (int) Stream.concat(opened.verified().stream(), opened.unverified().stream())
                .filter(line -> LogKeys.own(authority().standing()).stream().noneMatch(key -> key.claims(line)))
                .count();
        beside = new NotProven.Beside(lines, opened.unverified().size());
    }

    private void project(long index, OpenedEnvelope opened) {
        disclosure.ifPresent(about -> about.take(index, opened.statement()));
        indexes.add(index);
        graph.add(index, opened.statement());
        if (opened.statement().header().getAuthor().equals(asked.getQuestion().getMember())) {
            spoken.add(index);
        }
    }

    private void inclusion() throws IOException, VerificationException {
        stage = "inclusion";
        ByteString hashes = in.readAll(Manifests.HASHES, MAX_HASHES);
        SharedProof.verify(
                indexes.stream().mapToLong(Long::longValue).toArray(),
                leaves,
                hashes,
                checkpoint().head());
        claims.add(new Claim(
                stage, true, "Each entry stands at its index of the log that the checkpoint signs.", indexes));
    }

    private void keyHistory(List<SequenceGap> gaps) throws VerificationException {
        stage = "key-history";
        for (SequenceGap gap : gaps) {
            if (gap.getAuthor().equals("root") || gap.getAuthor().equals("aggregator")) {
                throw new VerificationException(
                        Reason.OUT_OF_ORDER,
                        "The bundle leaves out statements of '" + gap.getAuthor()
                                + "', which give and end everybody's keys; ask for it anew.");
            }
        }
        claims.add(new Claim(
                stage,
                true,
                "All that root and the aggregator said of members and keys is here, from genesis to their last "
                        + "statement shown.",
                authority().history()));
    }

    BundleVerdict verdict() {
        Claim answer = scope.orElseThrow().claim();
        return new BundleVerdict(
                answer.holds() ? Optional.empty() : Optional.of(Reason.CLAIM_FALSE),
                answer.detail(),
                claims,
                NotProven.texts(asked, authority().sequences().gaps(), beside, policy, policyDigest),
                Optional.of(about()));
    }

    private BundleVerdict.About about() {
        return new BundleVerdict.About(
                authority().standing().federation(),
                authority().standing().name(),
                asked.getQuestion(),
                checkpoint(),
                cosignatures,
                indexes.size(),
                scope.orElseThrow().report());
    }

    BundleVerdict failed(VerificationException e) {
        claims.add(new Claim(stage, false, e.getMessage(), List.of()));
        return new BundleVerdict(Optional.of(e.reason()), e.getMessage(), claims, List.of(), Optional.empty());
    }

    private Authority authority() {
        return Objects.requireNonNull(authority);
    }

    private Checkpoint checkpoint() {
        return Objects.requireNonNull(checkpoint);
    }

    /** An entry between two threads: what one of them found wrong, the fold tells. */
    private static final class OneEntry {
        private final long index;
        private final ByteString envelope;
        private List<SignatureKey> keys = List.of();
        private @Nullable OpenedEnvelope opened;
        private @Nullable Digest leaf;
        private @Nullable VerificationException problem;

        OneEntry(Entries.Indexed entry) {
            this.index = entry.index();
            this.envelope = entry.envelope();
        }

        void open(Limits limits) {
            try {
                opened = EnvelopeOpener.open(envelope, limits);
            } catch (VerificationException e) {
                problem = e;
            }
        }

        void require(Authority authority) throws VerificationException {
            keys = authority.take(index, opened());
        }

        void verify() {
            leaf = MerkleMath.leafHash(envelope);
            try {
                Objects.requireNonNull(opened).verify(keys);
            } catch (VerificationException e) {
                problem = e;
            }
        }

        Digest leaf() {
            return Objects.requireNonNull(leaf);
        }

        OpenedEnvelope opened() throws VerificationException {
            if (problem != null) {
                throw new VerificationException(
                        problem.reason(), "Entry " + index + " does not hold: " + problem.getMessage(), problem);
            }
            return Objects.requireNonNull(opened);
        }
    }
}
