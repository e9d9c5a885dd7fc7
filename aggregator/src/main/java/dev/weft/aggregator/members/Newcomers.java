package dev.weft.aggregator.members;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.standing.Member;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns invitations into memberships, once each. The same keys with the same invitation get the same index again, so that
 * a newcomer whose answer was lost can ask again; other keys are refused, so that whoever takes a used invitation gets
 * nothing.
 */
final class Newcomers {

    /** @param index of the membership entry */
    record Joined(MemberName name, long index) {}

    private final MemberDirectory directory;
    private final MembershipLog log;
    private final InstantSource clock;

    /** One admission of a name at a time; the next one for it waits and is judged against its outcome. */
    private final ConcurrentHashMap<MemberName, CompletableFuture<Joined>> underWay = new ConcurrentHashMap<>();

    Newcomers(MemberDirectory directory, MembershipLog log, InstantSource clock) {
        this.directory = directory;
        this.log = log;
        this.clock = clock;
    }

    /** Fails with a {@link VerificationException} where the join is refused. */
    CompletableFuture<Joined> admit(JoinRequest request, X509Certificate certificate) {
        try {
            Standing standing = directory.current();
            Admission admission = Admission.of(request);
            Invitation invitation = admission.verify(standing.federation(), standing.root());
            requireOneTlsKey(request, certificate);
            return admit(admission, invitation);
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Joined> admit(Admission admission, Invitation invitation) throws VerificationException {
        MemberName name = MemberName.parse(invitation.getMember());
        Optional<Member> known = directory.current().member(name);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(again(admission, known.get()));
        }
        requireNotExpired(invitation);
        CompletableFuture<Joined> mine = new CompletableFuture<>();
        CompletableFuture<Joined> before = underWay.putIfAbsent(name, mine);
        if (before != null) {
            CompletableFuture<Joined> next = new CompletableFuture<>();
            CompletableFuture<Joined> unused =
                    before.whenComplete((joined, failure) -> settle(attempt(admission, invitation), next));
            return next;
        }
        settle(append(admission, name).whenComplete((joined, failure) -> underWay.remove(name)), mine);
        return mine;
    }

    private CompletableFuture<Joined> append(Admission admission, MemberName name) {
        // Between the look at the directory and the entry into the map another may have finished.
        Optional<Member> known = directory.current().member(name);
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(admission)
                    .thenCompose(log::admit)
                    .thenApply(index -> new Joined(name, index));
        }
        try {
            return CompletableFuture.completedFuture(again(admission, known.get()));
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Joined> attempt(Admission admission, Invitation invitation) {
        try {
            return admit(admission, invitation);
        } catch (VerificationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void settle(CompletableFuture<Joined> from, CompletableFuture<Joined> to) {
        CompletableFuture<Joined> unused = from.whenComplete((joined, failure) -> {
            if (failure == null) {
                to.complete(joined);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    /** Only whoever holds the keys in force, and took up the same invitation, hears the index again. */
    private Joined again(Admission admission, Member member) throws VerificationException {
        if (!member.invitation().equals(Invitations.id(admission.invitation()))) {
            throw new VerificationException(
                    Reason.MEMBER_EXISTS,
                    "The name '" + member.name() + "' is a member already; ask for an invitation to another name.");
        }
        if (!member.keys().equals(admission.keys())) {
            throw new VerificationException(
                    Reason.INVITATION_USED,
                    "The invitation to '" + member.name()
                            + "' was used with other keys; if that was not you, tell the federation's root at once.");
        }
        Member inGoodStanding = directory.connected(member.name());
        return new Joined(inGoodStanding.name(), inGoodStanding.membershipIndex());
    }

    private void requireNotExpired(Invitation invitation) throws VerificationException {
        if (clock.instant().isAfter(WireTime.parse(invitation.getExpires()))) {
            throw new VerificationException(
                    Reason.INVITATION_EXPIRED,
                    "The invitation ended at " + invitation.getExpires() + "; ask for a new one.");
        }
    }

    /** The connection, the request for a certificate and the enrolled key are one and the same key's. */
    private static void requireOneTlsKey(JoinRequest request, X509Certificate certificate)
            throws VerificationException {
        PublicKey enrolled = request.getKeys().getTls();
        boolean same = Certificates.publicKey(certificate).equals(Optional.of(enrolled))
                && Certificates.requestKey(request.getCertificateRequest()).equals(enrolled);
        if (!same) {
            throw new VerificationException(
                    Reason.CERTIFICATE_MISMATCH,
                    "The TLS key to enrol is not that of the connection and of the certificate request; use one key.");
        }
    }
}
