package dev.weft.aggregator.members;

import com.google.protobuf.ByteString;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.ProvenContinuation;
import dev.weft.proto.v1.ProvenRequirement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The way into the shared log for memberships, held by whoever holds the log. */
public interface MembershipLog {

    /**
     * Appends the membership statement of author {@code aggregator} that says this.
     *
     * @param admission checked; whether its name is still free is checked again at the index it gets
     * @return the index, once the checkpoint that covers it is published and {@link MemberDirectory} knows the member;
     *     fails with a {@link dev.weft.proto.VerificationException} where another took the name first
     */
    CompletableFuture<Long> admit(Admission admission);

    /**
     * Appends a member's rollover, whose form and signature were checked; they are again at its index.
     *
     * @return the index, once {@link MemberDirectory} knows the new keys; the same statement again gives the same index
     */
    CompletableFuture<Long> rollOver(OpenedEnvelope rollover);

    /** Genesis and a published membership entry, both proved to lead to the published checkpoint. */
    Proved prove(long membershipIndex);

    /**
     * What a newcomer checks before it takes itself for a member.
     *
     * @param genesis the envelope of entry 0
     * @param genesisProof of index 0
     * @param membership the envelope of the membership entry
     * @param membershipProof of its index, at the same size
     * @param checkpoint the signed note of that size
     * @param continuations the entries by which the log went on under another origin, each with its proof
     * @param requirement root's statement that requires second signatures, with its proof
     */
    record Proved(
            ByteString genesis,
            InclusionProof genesisProof,
            ByteString membership,
            InclusionProof membershipProof,
            ByteString checkpoint,
            List<ProvenContinuation> continuations,
            Optional<ProvenRequirement> requirement) {
        public Proved {
            continuations = List.copyOf(continuations);
        }
    }
}
