package dev.weft.node.join;

import dev.weft.node.deliver.Peer;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.RenewRequest;
import dev.weft.proto.v1.RenewResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/** Calls Enrolment, one address after the other, and says why it was refused. */
final class EnrolmentClient {

    private static final Metadata.Key<String> REASON = Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Peer peer;
    private final int addresses;

    EnrolmentClient(Peer peer, int addresses) {
        this.peer = peer;
        this.addresses = addresses;
    }

    JoinResponse join(JoinRequest request) throws VerificationException {
        return call(stub -> stub.join(request));
    }

    RenewResponse renew(RenewRequest request) throws VerificationException {
        return call(stub -> stub.renew(request));
    }

    private <T> T call(Function<EnrolmentGrpc.EnrolmentBlockingStub, T> method) throws VerificationException {
        for (int attempt = 1; ; attempt++) {
            try {
                return method.apply(EnrolmentGrpc.newBlockingStub(peer.channel())
                        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (StatusRuntimeException e) {
                VerificationException why = explain(e);
                if (why.reason() != Reason.UNAVAILABLE || attempt >= addresses) {
                    throw why;
                }
                peer.rotate();
            }
        }
    }

    private VerificationException explain(StatusRuntimeException failure) {
        Optional<Reason> reason = Optional.ofNullable(failure.getTrailers())
                .map(trailers -> trailers.get(REASON))
                .flatMap(Reason::ofCode);
        if (reason.isPresent()) {
            String said = failure.getStatus().getDescription();
            return new VerificationException(
                    reason.get(), said != null ? said : "The aggregator refused without saying more.");
        }
        if (isTls(failure)) {
            return new VerificationException(
                    Reason.BAD_CERTIFICATE,
                    "Whoever answers at " + peer.address()
                            + " shows no certificate of the federation's CA for that name;"
                            + " check the address with whoever invited you.");
        }
        if (failure.getStatus().getCode() == Status.Code.UNAVAILABLE
                || failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new VerificationException(
                    Reason.UNAVAILABLE, "No aggregator answers at " + peer.address() + "; try again when it runs.");
        }
        return new VerificationException(
                Reason.PROTOCOL, "The answer from " + peer.address() + " is not an aggregator's; check the address.");
    }

    private static boolean isTls(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
