package dev.weft.it.load;

import dev.weft.aggregator.KeyFiles;
import dev.weft.it.federation.Federation;
import dev.weft.it.federation.Seat;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.Statement;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Role;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes many members through the daemon's own Enrolment, with invitations signed here by the federation's root key. */
final class Enrolling {
    private static final int AT_ONCE = 8;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Wires wires;
    private final SigningKey root;
    private final X509Certificate ca;
    private final Invitation template;

    Enrolling(Federation federation, Wires wires, InstantSource clock) throws VerificationException, IOException {
        Path home = federation.aggregator().dir();
        this.clock = clock;
        this.wires = wires;
        this.root = KeyFiles.signing(home.resolve(KeyFiles.ROOT));
        this.ca = KeyFiles.read(home, random, clock).ca().certificate();
        // What only the daemon knows of itself stands in any invitation that it makes.
        Path model = federation.invite(Seat.site("model"), federation.grpc());
        this.template = Invitations.read(
                        Invitations.parse(Files.readString(model).strip()))
                .toBuilder()
                .clearOneTimeKey()
                .clearNonce()
                .clearCaDigest()
                .build();
    }

    /** Admits that many members of one role, some at once. In the order of their names. */
    List<Seated> admit(String prefix, int members, Role role) {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<CompletableFuture<Seated>> joining = new ArrayList<>();
            for (int i = 0; i < members; i++) {
                String name = prefix + String.format(Locale.ROOT, "%04d", i);
                joining.add(CompletableFuture.supplyAsync(() -> admit(name, role), pool));
            }
            return joining.stream().map(CompletableFuture::join).toList();
        } finally {
            pool.shutdownNow();
        }
    }

    private Seated admit(String name, Role role) {
        try {
            return join(Newcomer.of(invitation(name, role), random));
        } catch (VerificationException e) {
            throw new IllegalStateException(name + " could not join", e);
        }
    }

    private InvitationToken invitation(String name, Role role) {
        Instant expires = clock.instant().plus(Duration.ofHours(6)).truncatedTo(ChronoUnit.MILLIS);
        Invitation invitation = template.toBuilder()
                .setMember(name)
                .setRole(role)
                .setOrganisation("Hospital " + name)
                .setExpires(WireTime.print(expires))
                .build();
        return Invitations.issue(invitation, List.of(root), ca, random);
    }

    private Seated join(Newcomer newcomer) throws VerificationException {
        Instant now = clock.instant();
        X509Certificate selfSigned = Certificates.selfSigned(
                newcomer.tls(),
                newcomer.name().value(),
                now.minus(Duration.ofMinutes(1)),
                now.plus(Duration.ofHours(1)));
        ManagedChannel channel = wires.open(newcomer.tls(), List.of(selfSigned), ca);
        try {
            return seated(newcomer, EnrolmentGrpc.newBlockingStub(channel).join(newcomer.request()));
        } finally {
            channel.shutdownNow();
        }
    }

    private Seated seated(Newcomer newcomer, JoinResponse joined) throws VerificationException {
        List<X509Certificate> chain = new ArrayList<>();
        for (var der : joined.getCertificateChainList()) {
            chain.add(Certificates.fromDer(der));
        }
        Statement membership = EnvelopeOpener.open(joined.getMembership()).statement();
        Genesis genesis = (Genesis)
                EnvelopeOpener.open(joined.getGenesis()).statement().predicate().orElseThrow();
        List<VerifyingKey> logKeys = new ArrayList<>();
        for (PublicKey key : genesis.getLogKeysList()) {
            logKeys.add(VerifyingKey.of(key));
        }
        return new Seated(
                newcomer.name().value(),
                newcomer.federation(),
                genesis.getLogOrigin(),
                membership.id(),
                joined.getGenesis(),
                logKeys,
                newcomer.statement(),
                newcomer.witness(),
                newcomer.tls(),
                chain,
                ca);
    }
}
