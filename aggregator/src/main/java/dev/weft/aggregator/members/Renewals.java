package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.v1.RenewRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Who gets a new certificate: a member that may speak, by its current statement key, for its current TLS key. */
final class Renewals {

    private static final Duration MAX_SKEW = Duration.ofMinutes(10);

    private final MemberDirectory directory;
    private final InstantSource clock;

    Renewals(MemberDirectory directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** The member that may have the certificate it asks for. */
    MemberName check(RenewRequest request) throws VerificationException {
        if (!request.getFederation().equals(directory.current().federation().toByteString())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION, "This aggregator serves another federation; check the address.");
        }
        Member member = directory.connected(MemberName.parse(request.getMember()));
        if (member.quarantinedAt().isPresent()) {
            throw new VerificationException(
                    Reason.QUARANTINED,
                    "The statement key is in quarantine after an equivocation; roll over with the recovery key.");
        }
        member.statementKey().verify(JoinMessage.renew(request), request.getSignature());
        requireNow(WireTime.parse(request.getRequestedAt()));
        if (!Certificates.requestKey(request.getCertificateRequest())
                .equals(member.keys().getTls())) {
            throw new VerificationException(
                    Reason.CERTIFICATE_MISMATCH,
                    "The request is not for the member's TLS key in force; rotate the key first or use the current one.");
        }
        return member.name();
    }

    private void requireNow(Instant requested) throws VerificationException {
        Duration skew = Duration.between(requested, clock.instant()).abs();
        if (skew.compareTo(MAX_SKEW) > 0) {
            throw new VerificationException(
                    Reason.CLOCK_SKEW,
                    "The request's time differs by " + skew.toSeconds()
                            + " s from the aggregator's; set both clocks right.");
        }
    }
}
