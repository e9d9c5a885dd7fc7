package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;

/**
 * The one place where a failed check becomes a gRPC status: the code says what kind of failure it is, the description is
 * the sentence for people, the trailer {@code weft-reason} the stable code for programs. Nothing else leaves.
 */
public final class GrpcRefusal {

    /** The trailer that carries {@link Reason#code()}. */
    public static final Metadata.Key<String> REASON = Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcRefusal() {}

    /** The exception that ends a call. */
    public static StatusException of(VerificationException failure) {
        return status(failure).asException(trailers(failure.reason()));
    }

    public static Status status(VerificationException failure) {
        return Status.fromCode(code(failure.reason())).withDescription(failure.getMessage());
    }

    public static Metadata trailers(Reason reason) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason.code());
        return trailers;
    }

    private static Status.Code code(Reason reason) {
        return switch (reason) {
            case UNAUTHENTICATED, BAD_CERTIFICATE, CERTIFICATE_EXPIRED -> Status.Code.UNAUTHENTICATED;
            case NOT_MEMBER,
                    REVOKED,
                    SUSPENDED,
                    QUARANTINED,
                    CERTIFICATE_MISMATCH,
                    ROLE_NOT_ALLOWED,
                    INVITATION_EXPIRED,
                    WRONG_FEDERATION -> Status.Code.PERMISSION_DENIED;
            case INVITATION_USED, MEMBER_EXISTS -> Status.Code.ALREADY_EXISTS;
            case NOT_FOUND, AT_UNAVAILABLE -> Status.Code.NOT_FOUND;
            case BUSY, FLOOD, LIMIT_EXCEEDED, DISK_FULL -> Status.Code.RESOURCE_EXHAUSTED;
            case SHUTDOWN, STALLED, UNAVAILABLE, STOPPED -> Status.Code.UNAVAILABLE;
            case INTERNAL, LOG_CORRUPT, LOG_MOVED, ANCHOR_LOST -> Status.Code.INTERNAL;
            case UNSUPPORTED_VERSION -> Status.Code.FAILED_PRECONDITION;
            default -> Status.Code.INVALID_ARGUMENT;
        };
    }
}
