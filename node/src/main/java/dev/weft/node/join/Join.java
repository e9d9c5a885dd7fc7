package dev.weft.node.join;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.node.deliver.MutualTls;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.JoinRequest;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes a directory the home of one membership. In order: keys, the request, the call, the proofs, and only then the
 * identity. A crash before the request leaves keys that the next attempt uses; a crash after it leaves the request, which
 * the next attempt with the same invitation sends again, so that the membership it may have opened is found. A
 * first request that is refused for good leaves nothing; keys whose repeated request is refused for good are set aside, so
 * that the directory takes another invitation.
 */
public final class Join {

    private static final Duration SELF_SIGNED_LIFE = Duration.ofDays(30);
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    /** Of Ed25519 and of ML-DSA-44. */
    private static final Set<Integer> SIGNATURE_SIZES = Set.of(64, MlDsaKey.SIGNATURE_SIZE);
    /** The aggregator opened no membership, and will open none for this invitation and these keys. */
    private static final Set<Reason> FINAL = Set.of(
            Reason.INVITATION_INVALID,
            Reason.INVITATION_EXPIRED,
            Reason.INVITATION_USED,
            Reason.MEMBER_EXISTS,
            Reason.BAD_SIGNATURE);

    private final NodeDirectory files;
    private final InvitationToken token;
    private final Invitation invitation;
    private final SecureRandom random;
    private final InstantSource clock;

    private Join(Path directory, InvitationToken token, SecureRandom random, InstantSource clock)
            throws VerificationException {
        this.files = new NodeDirectory(directory);
        this.token = token;
        this.invitation = Invitations.read(token);
        this.random = random;
        this.clock = clock;
    }

    /**
     * Joins the federation of the invitation.
     *
     * @param directory new, empty, or left by an attempt with the same invitation
     * @param token as {@link Invitations#parse} read it
     * @return the proved identity, as {@link NodeIdentity#load} will read it
     * @throws VerificationException {@link Reason#MEMBER_EXISTS} where the directory is a membership already, what the
     *     aggregator refused, or what its answer failed to prove
     */
    public static NodeIdentity join(Path directory, InvitationToken token, SecureRandom random, InstantSource clock)
            throws IOException, VerificationException {
        return new Join(directory, token, random, clock).run();
    }

    private NodeIdentity run() throws IOException, VerificationException {
        requireUnused();
        requireSigned();
        boolean begun = Files.exists(files.request());
        if (!begun) {
            requireNotExpired();
        }
        List<Path> made = Stream.of(files.keys(), files.recovery())
                .filter(Files::notExists)
                .toList();
        NodeKeys keys = NodeKeys.make(files.keys(), invitation.getSecond() == KeyAlgorithm.ML_DSA_44, random);
        JoinRequest request = request(keys);
        X509Certificate ca = Certificates.fromDer(token.getCaCertificate());
        JoinResponse response;
        try {
            response = call(keys, request, ca);
        } catch (VerificationException e) {
            VerificationException told = e.reason() == Reason.BAD_SIGNATURE ? altered(e) : e;
            if (!FINAL.contains(e.reason())) {
                throw told;
            } else if (begun) {
                throw setAside(told);
            }
            undo(made);
            throw told;
        }
        Enrolled enrolled = new MembershipCheck(request, invitation).check(response);
        List<X509Certificate> chain = MembershipCheck.chain(
                response.getCertificateChainList(),
                ca,
                new MembershipCheck.Expected(
                        Digest.of(invitation.getFederation()),
                        name(),
                        keys.tls().toProto(),
                        clock.instant()));
        return keep(enrolled, chain);
    }

    private void requireUnused() throws VerificationException {
        if (Files.exists(files.identity())) {
            throw new VerificationException(
                    Reason.MEMBER_EXISTS,
                    files.root() + " is a membership already; one directory is one membership, use another directory.");
        }
        if (Files.exists(files.database())) {
            throw new VerificationException(
                    Reason.MEMBER_EXISTS,
                    files.root() + " holds the records of a node without its identity; restore it, or use another"
                            + " directory.");
        }
    }

    /** As far as can be told without the federation's root keys; whether the signatures hold, the aggregator says. */
    private void requireSigned() throws VerificationException {
        List<Signature> signatures = token.getSigned().getSignaturesList();
        boolean formed = signatures.stream()
                .allMatch(each -> !each.getKeyId().isEmpty()
                        && SIGNATURE_SIZES.contains(each.getSignature().size()));
        if (signatures.isEmpty() || !formed) {
            throw new VerificationException(
                    Reason.INVITATION_INVALID,
                    "This invitation carries no whole signature of root; ask for a new one.");
        }
    }

    /** Only what no clock's error explains: otherwise the aggregator's clock decides. */
    private void requireNotExpired() throws VerificationException {
        Instant expires = WireTime.parse(invitation.getExpires());
        if (clock.instant().isAfter(expires.plus(CLOCK_TOLERANCE))) {
            throw new VerificationException(
                    Reason.INVITATION_EXPIRED,
                    "The invitation ended at " + invitation.getExpires() + "; ask for a new one.");
        }
    }

    private static VerificationException altered(VerificationException refusal) {
        return new VerificationException(
                Reason.BAD_SIGNATURE, "This invitation was altered; ask for a new one.", refusal);
    }

    /**
     * The aggregator says that the keys of an earlier attempt opened no membership and will open none. They are kept all
     * the same, in case it is wrong. A crash between the moves leaves the keys here or there: the next attempt begins
     * anew with what is here.
     */
    private VerificationException setAside(VerificationException refusal) throws IOException {
        Path aside = files.refused();
        PrivateFiles.createDirectory(aside);
        if (Files.exists(files.recovery())) {
            PrivateFiles.move(files.recovery(), aside.resolve(files.recovery().getFileName()));
        }
        PrivateFiles.move(files.keys(), aside.resolve(files.keys().getFileName()));
        return new VerificationException(
                refusal.reason(),
                refusal.getMessage() + " The keys of this join lie in " + aside
                        + " now, and the directory takes another invitation.",
                refusal);
    }

    /** After a first request that is refused for good: another invitation may be taken up here. */
    private void undo(List<Path> made) throws IOException {
        PrivateFiles.delete(files.request());
        if (made.contains(files.recovery())) {
            PrivateFiles.delete(files.recovery());
        }
        if (made.contains(files.keys())) {
            List<Path> keys;
            try (Stream<Path> listed = Files.list(files.keys())) {
                keys = listed.toList();
            }
            for (Path key : keys) {
                PrivateFiles.delete(key);
            }
            PrivateFiles.delete(files.keys());
        }
    }

    /** The request of an attempt that was cut short, or a new one that is on disk before it is sent. */
    private JoinRequest request(NodeKeys keys) throws IOException, VerificationException {
        if (Files.exists(files.request())) {
            JoinRequest begun = read(files.request());
            if (!begun.getInvitation().equals(token.getSigned())) {
                throw new VerificationException(
                        Reason.INVITATION_INVALID,
                        files.root()
                                + " holds a join with another invitation; finish that one, or use another directory.");
            }
            return begun;
        }
        JoinRequest request = JoinRequests.of(token, keys, recovery());
        PrivateFiles.write(files.request(), request.toByteString());
        return request;
    }

    private static JoinRequest read(Path file) throws IOException, VerificationException {
        try {
            return JoinRequest.parseFrom(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new VerificationException(
                    Reason.MALFORMED, file + " is damaged; use another directory and a new invitation.");
        }
    }

    private SigningKey recovery() throws IOException, VerificationException {
        if (!Files.exists(files.recovery())) {
            SigningKey key = SigningKey.generate(random);
            NextKeys.writeRecovery(files.recovery(), key, name(), invitation.getFederationName());
        }
        return SigningKey.fromSeed(NodeKeys.readHex(files.recovery()));
    }

    /** Over TLS to whoever holds a certificate of the invitation's CA, and to nobody else. */
    private JoinResponse call(NodeKeys keys, JoinRequest request, X509Certificate ca) throws VerificationException {
        Instant now = clock.instant();
        X509Certificate self = Certificates.selfSigned(
                keys.tls(), name().value(), now.minus(CLOCK_TOLERANCE), now.plus(SELF_SIGNED_LIFE));
        MutualTls.Credentials credentials =
                new MutualTls.Credentials(keys.tls().keyPair().getPrivate(), List.of(self), ca);
        try (MutualTls peer = new MutualTls(invitation.getAddressesList(), () -> credentials)) {
            return new EnrolmentClient(peer, invitation.getAddressesCount()).join(request);
        }
    }

    /** A crash before the identity is written leaves the request, and the join goes on; after it the join is done. */
    private NodeIdentity keep(Enrolled enrolled, List<X509Certificate> chain)
            throws IOException, VerificationException {
        NodeIdentity identity = NodeIdentity.joined(files, enrolled, chain);
        PrivateFiles.write(files.ca(), Certificates.toPem(List.of(identity.caCertificate())));
        PrivateFiles.write(files.certificates(), Certificates.toPem(chain));
        PrivateFiles.write(files.identity(), enrolled.toJson());
        PrivateFiles.delete(files.request());
        return identity;
    }

    private MemberName name() {
        return new MemberName(invitation.getMember());
    }
}
