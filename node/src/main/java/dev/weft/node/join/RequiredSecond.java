package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.SharedHead;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.StatedRequirement;
import dev.weft.proto.v1.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Takes up, into {@code identity.json}, that root requires second signatures. Root's keys and the log's prove it; an aggregator
 * that no longer says so afterwards is not believed.
 */
public final class RequiredSecond {
    private final NodeDirectory files;

    public RequiredSecond(Path directory) {
        this.files = new NodeDirectory(directory);
    }

    /**
     * Compares what the aggregator says with what is known here. A crash leaves the identity without the requirement or with
     * it.
     *
     * @param head where the checkpoint goes that the proof leads to
     * @return whether it was news: the node starts anew with it
     * @throws VerificationException {@link Reason#PROTOCOL} where it contradicts what is known here, or what is wrong with a
     *     signature or a proof
     */
    public synchronized boolean take(Welcome welcome, SharedHead head) throws IOException, VerificationException {
        Enrolled enrolled = Enrolled.fromJson(Files.readString(files.identity()));
        Optional<FoundingEntry> said = welcome.hasRequirement()
                ? Optional.of(new FoundingEntry(
                        welcome.getRequirement().getIndex(),
                        welcome.getRequirement().getEntry()))
                : Optional.empty();
        if (said.equals(enrolled.required())) {
            return false;
        }
        if (enrolled.required().isPresent() || said.get().index() < enrolled.index()) {
            throw new VerificationException(
                    Reason.PROTOCOL,
                    "The aggregator does not say of required second signatures what this node has proved before; it is an old"
                            + " copy, or its log was changed. Nothing is sent; tell the federation's root.");
        }
        Enrolled requiring = enrolled.requiring(said);
        prove(welcome.getRequirement(), requiring.founding(), head);
        PrivateFiles.write(files.identity(), requiring.toJson());
        return true;
    }

    /**
     * Takes it up as this node's own verified copy of the log holds it: the aggregator's word is not needed.
     *
     * @return whether it was news: the node starts anew with it
     * @throws VerificationException {@link Reason#PROTOCOL} where another one was proved before
     */
    public synchronized boolean takeFromCopy(FoundingEntry held) throws IOException, VerificationException {
        Enrolled enrolled = Enrolled.fromJson(Files.readString(files.identity()));
        if (enrolled.required().isPresent()) {
            if (!enrolled.required().get().equals(held)) {
                throw new VerificationException(
                        Reason.PROTOCOL,
                        "The log holds another requirement of second signatures, at entry " + held.index()
                                + ", than this node has proved before; tell the federation's root.");
            }
            return false;
        }
        Enrolled requiring = enrolled.requiring(Optional.of(held));
        Standing unused = requiring.founding();
        PrivateFiles.write(files.identity(), requiring.toJson());
        return true;
    }

    private static void prove(StatedRequirement stated, Standing standing, SharedHead head)
            throws VerificationException {
        TreeHead proved = head.held();
        if (stated.hasCheckpoint()) {
            ByteString note = stated.getCheckpoint().getNote();
            Checkpoint unused = Checkpoint.open(note, standing.logVerifiers());
            proved = head.accept(stated.getCheckpoint());
        }
        if (proved.size() != stated.getSize()) {
            throw new VerificationException(
                    Reason.PROTOCOL, "The requirement is proved against a checkpoint that did not come with it.");
        }
        InclusionProof.parse(stated.getIndex(), stated.getSize(), stated.getInclusionList())
                .verify(MerkleMath.leafHash(stated.getEntry()), proved);
    }
}
