package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import java.util.List;

/**
 * Two notes with the log's signature that one log cannot have.
 *
 * @param held by this node, believed first
 * @param offered later
 * @param root that the larger log has at the smaller's size; empty where the sizes are equal
 * @param path RFC 6962 2.1.2, from that root to the larger
 */
record LogFork(ByteString held, ByteString offered, ByteString root, List<ByteString> path) {
    LogFork {
        path = List.copyOf(path);
    }

    static LogFork ofOneSize(ByteString held, ByteString offered) {
        return new LogFork(held, offered, ByteString.EMPTY, List.of());
    }

    /**
     * The file that shows it to anybody, verified.
     *
     * @param genesis entry 0 of the log
     */
    ForkProof proof(ByteString genesis) throws VerificationException {
        boolean inOrder = size(held) <= size(offered);
        dev.weft.proto.v1.LogFork.Builder fork = dev.weft.proto.v1.LogFork.newBuilder()
                .setSmaller(inOrder ? held : offered)
                .setLarger(inOrder ? offered : held);
        if (!root.isEmpty()) {
            fork.setRoot(root).addAllPath(path);
        }
        ForkProof proof = new ForkProof(dev.weft.proto.v1.ForkProof.newBuilder()
                .setGenesis(genesis)
                .setLog(fork)
                .build());
        proof.verify();
        return proof;
    }

    /** In words. */
    String sentence() throws VerificationException {
        return "the log signed " + head(held) + " and " + head(offered) + ", which no one log can have";
    }

    private static long size(ByteString note) throws VerificationException {
        return head(note).size();
    }

    private static TreeHead head(ByteString note) throws VerificationException {
        return Checkpoint.parse(Note.parse(note).text()).head();
    }
}
