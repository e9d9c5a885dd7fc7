package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.standing.Continuations;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.ProvenContinuation;
import dev.weft.proto.v1.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an answer makes its receiver a member. Nothing is taken from the aggregator on its word: the federation id of
 * the invitation is the id of genesis, genesis names the log's key, the checkpoint is signed by it, and both entries lead
 * to the checkpoint.
 */
final class MembershipCheck {

    private final JoinRequest request;
    private final Invitation invitation;

    MembershipCheck(JoinRequest request, Invitation invitation) {
        this.request = request;
        this.invitation = invitation;
    }

    /** What was proved; the first check that fails is thrown. */
    Enrolled check(JoinResponse response) throws VerificationException {
        OpenedEnvelope genesis = EnvelopeOpener.open(response.getGenesis());
        Standing standing = founding(genesis);
        Set<String> origins = new HashSet<>(Set.of(standing.origin()));
        List<Enrolled.Moved> moved = new ArrayList<>();
        List<FoundingEntry> changes = new ArrayList<>();
        for (ProvenContinuation continuation : response.getContinuationsList()) {
            ByteString next = continuation.getGenesis();
            changes.add(new FoundingEntry(Continuations.index(next), next));
            moved.add(new Enrolled.Moved(next, 0, 0));
        }
        Optional<FoundingEntry> required = required(response);
        required.ifPresent(changes::add);
        changes.sort(Comparator.comparing(FoundingEntry::index));
        for (FoundingEntry change : changes) {
            FoundingEntry.apply(standing, List.of(change));
            origins.add(standing.origin());
        }
        Checkpoint checkpoint = Checkpoint.open(response.getCheckpoint(), standing.logVerifiers());
        if (!checkpoint.origin().equals(standing.origin())) {
            throw new VerificationException(
                    Reason.UNKNOWN_LOG,
                    "The checkpoint is of log " + checkpoint.origin() + ", not of the federation's.");
        }
        prove(0, response.getGenesis(), response.getGenesisProofList(), checkpoint);
        for (ProvenContinuation continuation : response.getContinuationsList()) {
            prove(
                    Continuations.index(continuation.getGenesis()),
                    continuation.getGenesis(),
                    continuation.getInclusionList(),
                    checkpoint);
        }
        if (required.isPresent()) {
            prove(
                    required.get().index(),
                    required.get().envelope(),
                    response.getRequirement().getInclusionList(),
                    checkpoint);
        }
        long index = response.getMembershipIndex();
        prove(index, response.getMembership(), response.getMembershipProofList(), checkpoint);
        OpenedEnvelope membership = EnvelopeOpener.open(response.getMembership(), standing.limits());
        Enrolled enrolled = new Enrolled(
                genesis, membership, index, response.getCheckpoint(), invitation.getAddressesList(), moved, required);
        checkMembership(enrolled, standing, origins);
        return enrolled;
    }

    private static Optional<FoundingEntry> required(JoinResponse response) {
        return response.hasRequirement()
                ? Optional.of(new FoundingEntry(
                        response.getRequirement().getIndex(),
                        response.getRequirement().getEntry()))
                : Optional.empty();
    }

    private Standing founding(OpenedEnvelope genesis) throws VerificationException {
        Standing standing = Standing.of(genesis);
        if (!standing.federation().toByteString().equals(invitation.getFederation())
                || !standing.name().equals(invitation.getFederationName())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION,
                    "The aggregator serves federation " + standing.federation()
                            + ", which is not the invitation's; check the address with whoever invited you.");
        }
        if (!standing.genesis().getCaDigest().equals(invitation.getCaDigest())) {
            throw new VerificationException(
                    Reason.BAD_CERTIFICATE, "The invitation's CA is not the federation's; ask for a new invitation.");
        }
        return standing;
    }

    private static void prove(long index, ByteString entry, List<ByteString> proof, Checkpoint checkpoint)
            throws VerificationException {
        InclusionProof.parse(index, checkpoint.head().size(), proof)
                .verify(MerkleMath.leafHash(entry), checkpoint.head());
    }

    /** The entry is the aggregator's, for this log, valid under the root keys, and says what was asked for. */
    private void checkMembership(Enrolled enrolled, Standing standing, Set<String> origins)
            throws VerificationException {
        OpenedEnvelope membership = enrolled.membership();
        Header header = membership.statement().header();
        boolean here =
                header.getFederation().equals(invitation.getFederation()) && origins.contains(header.getAudience());
        boolean mine = enrolled.entry().getInvitation().equals(request.getInvitation())
                && enrolled.entry().getKeys().equals(request.getKeys());
        if (!here || !mine) {
            throw new VerificationException(
                    Reason.PROTOCOL,
                    "The membership entry is not for this invitation and these keys; tell the federation's root.");
        }
        membership.verify(standing.asOf(enrolled.index()).requiredKeys(membership));
    }

    /** The certificates of an answer, leaf first, CA last: issued by the pinned CA, for this name and this key. */
    static List<X509Certificate> chain(List<ByteString> ders, X509Certificate ca, Expected expected)
            throws VerificationException {
        List<X509Certificate> chain = new ArrayList<>();
        for (ByteString der : ders) {
            chain.add(Certificates.fromDer(der));
        }
        Certificates.verifyChain(chain, ca, expected.at());
        X509Certificate leaf = chain.get(0);
        boolean ours = Certificates.member(leaf, expected.federation()).equals(Optional.of(expected.name()))
                && Certificates.publicKey(leaf).equals(Optional.of(expected.key()));
        if (!ours || !chain.get(chain.size() - 1).equals(ca)) {
            throw new VerificationException(
                    Reason.BAD_CERTIFICATE,
                    "The certificate that came is not for this member's name and key; try again.");
        }
        return List.copyOf(chain);
    }

    /** Whose certificate it must be. */
    record Expected(Digest federation, MemberName name, PublicKey key, Instant at) {}
}
