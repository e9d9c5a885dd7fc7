package dev.weft.aggregator.members;

import com.google.protobuf.ByteString;
import dev.weft.aggregator.watch.SecurityEvent;
import dev.weft.aggregator.watch.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.RenewRequest;
import dev.weft.proto.v1.RenewResponse;
import dev.weft.proto.v1.SignedInvitation;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joining and renewing: the two calls that any client certificate reaches. A join answers only when the membership entry
 * stands under a published checkpoint. Nothing here blocks.
 */
public final class EnrolmentService extends EnrolmentGrpc.EnrolmentImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentService.class);

    private final Newcomers newcomers;
    private final Renewals renewals;
    private final MembershipLog log;
    private final MemberDirectory directory;
    private final Issuing issuing;
    private final SecurityEvents events;

    /**
     * How members' certificates are made.
     *
     * @param life of each of them
     */
    public record Issuing(CertificateAuthority ca, Duration life) {}

    public EnrolmentService(
            MemberDirectory directory, MembershipLog log, Issuing issuing, SecurityEvents events, InstantSource clock) {
        this.newcomers = new Newcomers(directory, log, clock);
        this.renewals = new Renewals(directory, clock);
        this.log = log;
        this.directory = directory;
        this.issuing = issuing;
        this.events = events;
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
        X509Certificate certificate = PeerIdentity.CERTIFICATE.get();
        CompletableFuture<Void> unused = newcomers
                .admit(request, certificate)
                .thenApply(joined -> response(request, joined))
                .handle((response, failure) -> {
                    watch(request, failure);
                    return reply(answer, response, failure);
                });
    }

    /** Either the newcomer lost its keys, or somebody else holds the invitation: only a person can tell. */
    private void watch(JoinRequest request, @Nullable Throwable failure) {
        if (failure == null
                || !(cause(failure) instanceof VerificationException refused)
                || refused.reason() != Reason.INVITATION_USED) {
            return;
        }
        try {
            SignedInvitation invitation = Admission.of(request).invitation();
            events.raise(new SecurityEvent.InvitationReused(
                    Invitations.read(invitation).getMember(), Invitations.id(invitation)));
        } catch (VerificationException e) {
            throw new IllegalStateException("an invitation was judged and cannot be read", e);
        }
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
        CompletableFuture<Void> unused = rolledOver(request)
                .thenApply(ready -> renewed(request))
                .handle((response, failure) -> reply(answer, response, failure));
    }

    /** Appends the rollover that a request may carry; from then on the keys in it are the member's. */
    private CompletableFuture<Long> rolledOver(RenewRequest request) {
        try {
            Optional<OpenedEnvelope> rollover = renewals.rollover(request);
            return rollover.map(log::rollOver).orElseGet(() -> CompletableFuture.completedFuture(0L));
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private JoinResponse response(JoinRequest request, Newcomers.Joined joined) {
        MembershipLog.Proved proved = log.prove(joined.index());
        JoinResponse.Builder response = JoinResponse.newBuilder()
                .addAllCertificateChain(issue(request.getCertificateRequest(), joined.name()))
                .setGenesis(proved.genesis())
                .addAllGenesisProof(proved.genesisProof().toProto())
                .setMembership(proved.membership())
                .setMembershipIndex(joined.index())
                .addAllMembershipProof(proved.membershipProof().toProto())
                .setCheckpoint(proved.checkpoint())
                .addAllContinuations(proved.continuations());
        proved.requirement().ifPresent(response::setRequirement);
        return response.build();
    }

    private RenewResponse renewed(RenewRequest request) {
        try {
            MemberName member = renewals.check(request);
            return RenewResponse.newBuilder()
                    .addAllCertificateChain(issue(request.getCertificateRequest(), member))
                    .build();
        } catch (VerificationException e) {
            throw new CompletionException(e);
        }
    }

    /** Leaf first, CA last. */
    private List<ByteString> issue(ByteString request, MemberName member) {
        try {
            CertificateAuthority ca = issuing.ca();
            X509Certificate certificate =
                    ca.issueMember(request, directory.current().federation(), member, issuing.life());
            return List.of(Certificates.toDer(certificate), Certificates.toDer(ca.certificate()));
        } catch (VerificationException e) {
            throw new CompletionException(e);
        }
    }

    private static <T> Void reply(StreamObserver<T> answer, T response, Throwable failure) {
        if (failure == null) {
            answer.onNext(response);
            answer.onCompleted();
            return null;
        }
        Throwable cause = cause(failure);
        if (cause instanceof VerificationException refused) {
            answer.onError(GrpcRefusal.of(refused));
        } else {
            LOG.error("An enrolment failed for a reason on this side", cause);
            answer.onError(Status.INTERNAL
                    .withDescription("The aggregator failed; try again, and tell its operator if it lasts.")
                    .asException(GrpcRefusal.trailers(Reason.INTERNAL)));
        }
        return null;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
