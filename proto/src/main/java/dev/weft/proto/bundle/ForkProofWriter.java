package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LogFork;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.StatementFork;
import java.util.List;

/** Writes fork proofs. Each is verified before it is handed out, so that nobody is accused by a file that proves nothing. */
public final class ForkProofWriter {
    private ForkProofWriter() {}

    /**
     * Two checkpoints of one log that contradict each other.
     *
     * @param genesis entry 0
     * @param fork the notes, where the sizes differ root and path, and what vouches for the key of both notes
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where one log can have both
     */
    public static ForkProof log(ByteString genesis, LogFork fork) throws VerificationException {
        return checked(
                dev.weft.proto.v1.ForkProof.newBuilder().setGenesis(genesis).setLog(fork));
    }

    /**
     * Two statements for one seq.
     *
     * @param first log index of the one that was appended
     * @param second Envelope of the other one
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where it is no equivocation
     */
    public static ForkProof equivocation(ShownLog log, long first, ByteString second) throws VerificationException {
        StatementFork fork = fork(log, first, second).build();
        return checked(dev.weft.proto.v1.ForkProof.newBuilder()
                .setGenesis(fork.getHistory(0).getEnvelope())
                .setEquivocation(fork));
    }

    /**
     * Two statements whose site heads contradict each other.
     *
     * @param root that the larger site log has at the smaller one's size; empty where the two need no path
     * @param path RFC 6962 2.1.2, from that root to the larger
     * @throws VerificationException {@link dev.weft.proto.Reason#PROVES_NOTHING} where one site log can have both
     */
    public static ForkProof site(ShownLog log, long first, ByteString second, ByteString root, List<ByteString> path)
            throws VerificationException {
        StatementFork.Builder fork = fork(log, first, second).setRoot(root).addAllPath(path);
        return checked(dev.weft.proto.v1.ForkProof.newBuilder()
                .setGenesis(fork.getHistory(0).getEnvelope())
                .setSite(fork));
    }

    private static StatementFork.Builder fork(ShownLog log, long first, ByteString second)
            throws VerificationException {
        String author = EnvelopeOpener.open(second).statement().author().value();
        StatementFork.Builder fork =
                StatementFork.newBuilder().setCheckpoint(log.note()).setSecond(second);
        for (long index : log.standing()) {
            ByteString envelope = log.entry(index);
            if (index != first && (index == 0 || concerns(EnvelopeOpener.open(envelope), author))) {
                fork.addHistory(log.proven(index, envelope));
            }
        }
        return fork.setFirst(log.proven(first, log.entry(first)));
    }

    /** Whether an entry gives, changes or ends the keys or the standing of that author, or of the log. */
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
                case REQUIRE -> true; // it says what the author has to sign with
                case CHANGE_NOT_SET -> false;
            };
        }
        return predicate instanceof Genesis
                || (predicate instanceof Evidence evidence
                        && evidence.getMember().equals(author));
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

    private static ForkProof checked(dev.weft.proto.v1.ForkProof.Builder message) throws VerificationException {
        ForkProof proof = new ForkProof(message.build());
        ForkVerdict unused = proof.verify();
        return proof;
    }
}
