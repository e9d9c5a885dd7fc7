package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.proto.VerificationException;
import dev.weft.proto.bundle.ForkProof;
import dev.weft.proto.bundle.ForkProofWriter;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.standing.Continuations;
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
     * @param founded what vouches for the log's keys
     */
    ForkProof proof(Forks.Founded founded) throws VerificationException {
        boolean inOrder = head(held).size() <= head(offered).size();
        long smaller = head(inOrder ? held : offered).size();
        dev.weft.proto.v1.LogFork.Builder fork = dev.weft.proto.v1.LogFork.newBuilder()
                .setSmaller(inOrder ? held : offered)
                .setLarger(inOrder ? offered : held)
                .addAllContinuations(Continuations.upTo(checkpoint(held).origin(), founded.continuations()));
        founded.requirement()
                .filter(required -> required.index() < smaller)
                .ifPresent(required -> fork.setRequirement(required.envelope()));
        if (!root.isEmpty()) {
            fork.setRoot(root).addAllPath(path);
        }
        return ForkProofWriter.log(founded.genesis(), fork.build());
    }

    /** The same for the same two notes. */
    String name() {
        return "log-" + Hashing.sha256(held.concat(offered)).hex().substring(0, 16);
    }

    /** In words. */
    String sentence() throws VerificationException {
        return "the log signed " + head(held) + " and " + head(offered) + ", which no one log can have";
    }

    private static TreeHead head(ByteString note) throws VerificationException {
        return checkpoint(note).head();
    }

    private static Checkpoint checkpoint(ByteString note) throws VerificationException {
        return Checkpoint.parse(Note.parse(note).text());
    }
}
