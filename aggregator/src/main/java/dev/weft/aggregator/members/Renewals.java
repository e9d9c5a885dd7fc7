package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.RenewRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

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

    /**
     * The rollover that the request carries, where it is still to be appended: well formed, of this member, and signed by
     * its recovery key. A forged one costs this thread a signature check and the log nothing.
     */
    Optional<OpenedEnvelope> rollover(RenewRequest request) throws VerificationException {
        if (request.getRollover().isEmpty()) {
            return Optional.empty();
        }
        Standing now = directory.current();
        OpenedEnvelope opened = EnvelopeOpener.open(request.getRollover(), now.limits());
        if (!opened.statement().header().getAuthor().equals(request.getMember())
                || !IntakeRule.isRollover(opened.statement())) {
            throw new VerificationException(
                    Reason.WRONG_AUTHOR, "A renewal carries the member's own rollover and no other statement.");
        }
        Member member = directory.connected(MemberName.parse(request.getMember()));
        if (opened.statement().header().getIncarnation() == member.incarnation() && isIn(opened, member)) {
            return Optional.empty();
        }
        IntakeRule.check(opened, now.author(member.name()), now.federation(), now.origin(), List.of());
        opened.verify(now.requiredKeys(opened));
        return Optional.of(opened);
    }

    /** Whether the member's keys are the ones that the rollover brought, or that a rotation has made of them since. */
    private static boolean isIn(OpenedEnvelope rollover, Member member) {
        return rollover.statement().predicate().orElse(null) instanceof Key key
                && key.getRollover()
                        .getKeys()
                        .getRecovery()
                        .equals(member.keys().getRecovery());
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
