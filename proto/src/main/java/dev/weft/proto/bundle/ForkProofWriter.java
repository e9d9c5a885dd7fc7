package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.Frontier;
import dev.weft.proto.merkle.HashReader;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LogFork;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.StatementFork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes fork proofs. Each is verified before it is handed out, so that nobody is accused by a file that proves nothing. */
public final class ForkProofWriter {
    private ForkProofWriter() {}

    /**
     * Two checkpoints of one log that contradict each other.
     *
     * @param genesis entry 0
     * @param one a signed note
     * @param other another one
     * @param larger hashes of the log of the larger one; asked only where the sizes differ
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where one log can have both
     */
    public static ForkProof log(ByteString genesis, ByteString one, ByteString other, HashReader larger)
            throws VerificationException {
        Standing standing = LogKeys.genesis(genesis);
        Checkpoint first = LogKeys.open(standing, one);
        Checkpoint second = LogKeys.open(standing, other);
        boolean inOrder = first.head().size() <= second.head().size();
        TreeHead small = inOrder ? first.head() : second.head();
        TreeHead large = inOrder ? second.head() : first.head();
        LogFork.Builder fork =
                LogFork.newBuilder().setSmaller(inOrder ? one : other).setLarger(inOrder ? other : one);
        if (small.size() < large.size()) {
            fork.setRoot(rootAt(larger, small.size())).addAllPath(path(larger, small.size(), large.size()));
        }
        return checked(
                dev.weft.proto.v1.ForkProof.newBuilder().setGenesis(genesis).setLog(fork));
    }

    /**
     * Two statements for one seq.
     *
     * @param note signed checkpoint
     * @param entries of the log up to the note's size
     * @param first log index of the one that was appended
     * @param second Envelope of the other one
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where it is no equivocation
     */
    public static ForkProof equivocation(ByteString note, LogEntries entries, long first, ByteString second)
            throws VerificationException {
        StatementFork fork = fork(note, entries, first, second).build();
        return checked(dev.weft.proto.v1.ForkProof.newBuilder()
                .setGenesis(fork.getHistory(0).getEnvelope())
                .setEquivocation(fork));
    }

    /**
     * Two statements whose site heads contradict each other.
     *
     * @param siteLog hashes of the site log of the larger head; asked only where a path is needed
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where one site log can have both
     */
    public static ForkProof site(ByteString note, LogEntries entries, long first, ByteString second, HashReader siteLog)
            throws VerificationException {
        StatementFork.Builder fork = fork(note, entries, first, second);
        Statement one = EnvelopeOpener.open(fork.getFirst().getEnvelope()).statement();
        Statement other = EnvelopeOpener.open(second).statement();
        long sizeOne = one.header().getSiteHead().getSize();
        long sizeOther = other.header().getSiteHead().getSize();
        boolean grows =
                Long.compareUnsigned(one.header().getSeq(), other.header().getSeq()) <= 0
                        ? sizeOne < sizeOther
                        : sizeOther < sizeOne;
        long small = Math.min(sizeOne, sizeOther);
        if (grows && small > 0) {
            fork.setRoot(rootAt(siteLog, small)).addAllPath(path(siteLog, small, Math.max(sizeOne, sizeOther)));
        }
        return checked(dev.weft.proto.v1.ForkProof.newBuilder()
                .setGenesis(fork.getHistory(0).getEnvelope())
                .setSite(fork));
    }

    private static StatementFork.Builder fork(ByteString note, LogEntries entries, long first, ByteString second)
            throws VerificationException {
        ByteString genesis = entries.entries(0, 1).get(0);
        Standing standing = LogKeys.genesis(genesis);
        long size = LogKeys.open(standing, note).head().size();
        String author = EnvelopeOpener.open(second).statement().author().value();
        List<Digest> leaves = new ArrayList<>();
        Map<Long, ByteString> kept = new TreeMap<>();
        for (long at = 0; at < size; ) {
            for (ByteString envelope : entries.entries(at, (int) Math.min(LogEntries.MAX, size - at))) {
                leaves.add(MerkleMath.leafHash(envelope));
                if (at == 0 || at == first || concerns(EnvelopeOpener.open(envelope), author)) {
                    kept.put(at, envelope);
                }
                at++;
            }
        }
        HashReader reader = MerkleMath.reader(leaves);
        StatementFork.Builder fork =
                StatementFork.newBuilder().setCheckpoint(note).setSecond(second);
        kept.forEach((index, envelope) -> {
            ProvenEntry.Builder entry = ProvenEntry.newBuilder()
                    .setIndex(index)
                    .setEnvelope(envelope)
                    .addAllInclusion(InclusionProof.prove(reader, index, size).toProto());
            if (index == first) {
                fork.setFirst(entry);
            } else {
                fork.addHistory(entry);
            }
        });
        return fork;
    }

    /** Whether an entry gives, changes or ends the keys or the standing of that author. */
    private static boolean concerns(OpenedEnvelope opened, String author) {
        Message predicate = opened.statement().predicate().orElse(null);
        if (predicate instanceof Membership membership) {
            return member(membership).equals(author);
        } else if (predicate instanceof Key key) {
            return switch (key.getChangeCase()) {
                case ROTATE, ROLLOVER -> key.getHeader().getAuthor().equals(author);
                case REVOKE -> key.getRevoke().getMember().equals(author);
                case SUSPEND -> key.getSuspend().getMember().equals(author);
                case RESUME -> key.getResume().getMember().equals(author);
                case CHANGE_NOT_SET -> false;
            };
        }
        return predicate instanceof Evidence evidence && evidence.getMember().equals(author);
    }

    private static String member(Membership membership) {
        try {
            return Invitation.parseFrom(membership.getInvitation().getInvitation())
                    .getMember();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            // It made nobody a member: the log could not have taken it.
            return "";
        }
    }

    private static ByteString rootAt(HashReader reader, long size) {
        return Frontier.from(reader, size).head().root().toByteString();
    }

    private static List<ByteString> path(HashReader reader, long small, long large) {
        return ConsistencyProof.prove(reader, small, large).toProto();
    }

    private static ForkProof checked(dev.weft.proto.v1.ForkProof.Builder message) throws VerificationException {
        ForkProof proof = new ForkProof(message.build());
        ForkVerdict unused = proof.verify();
        return proof;
    }
}
