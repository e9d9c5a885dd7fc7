package dev.weft.aggregator.members;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.RenewRequest;
import dev.weft.proto.v1.RenewResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
    private final CertificateAuthority ca;
    private final MemberDirectory directory;
    private final Duration certificateLife;

    /** @param certificateLife of the certificates that are issued here */
    public EnrolmentService(
            MemberDirectory directory,
            MembershipLog log,
            CertificateAuthority ca,
            Duration certificateLife,
            InstantSource clock) {
        this.newcomers = new Newcomers(directory, log, clock);
        this.renewals = new Renewals(directory, clock);
        this.log = log;
        this.ca = ca;
        this.directory = directory;
        this.certificateLife = certificateLife;
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
        X509Certificate certificate = PeerIdentity.CERTIFICATE.get();
        CompletableFuture<Void> unused = newcomers
                .admit(request, certificate)
                .thenApply(joined -> response(request, joined))
                .handle((response, failure) -> reply(answer, response, failure));
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
        return JoinResponse.newBuilder()
                .addAllCertificateChain(issue(request.getCertificateRequest(), joined.name()))
                .setGenesis(proved.genesis())
                .addAllGenesisProof(proved.genesisProof().toProto())
                .setMembership(proved.membership())
                .setMembershipIndex(joined.index())
                .addAllMembershipProof(proved.membershipProof().toProto())
                .setCheckpoint(proved.checkpoint())
                .build();
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
            X509Certificate certificate =
                    ca.issueMember(request, directory.current().federation(), member, certificateLife);
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
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof VerificationException refused) {
            if (refused.reason() == Reason.INVITATION_USED) {
                // Either the newcomer lost its keys, or somebody else holds the invitation: only a person can tell.
                LOG.warn("An invitation was offered again with other keys: {}", refused.getMessage());
            }
            answer.onError(GrpcRefusal.of(refused));
        } else {
            LOG.error("An enrolment failed for a reason on this side", cause);
            answer.onError(Status.INTERNAL
                    .withDescription("The aggregator failed; try again, and tell its operator if it lasts.")
                    .asException(GrpcRefusal.trailers(Reason.INTERNAL)));
        }
        return null;
    }
}
