package dev.weft.it.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.it.federation.Await;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.join.CertificateRenewal;
import dev.weft.node.join.Join;
import dev.weft.node.join.NodeIdentity;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.v1.EnrolmentGrpc;
import dev.weft.proto.v1.RenewRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a certificate opens, for how long, and what ends it. */
class CertificateStoryTest {

    private static final Duration LIFE = Duration.ofSeconds(90);

    @TempDir
    Path temporary;

    private ListedFederation federation;
    private NodeIdentity a;
    private NodeIdentity b;

    @BeforeEach
    void found() throws Exception {
        federation = new ListedFederation(LIFE);
        a = join("hospital-a");
        b = join("hospital-b");
    }

    @AfterEach
    void close() {
        federation.close();
    }

    private NodeIdentity join(String name) throws Exception {
        return Join.join(temporary.resolve(name), federation.invite(name), federation.random, federation.clock);
    }

    private CertificateRenewal renewal() {
        return new CertificateRenewal(temporary.resolve("hospital-a"), a, federation.clock);
    }

    private MutualTls peer(CertificateRenewal renewal) {
        return new MutualTls(List.of(federation.address()), renewal::credentials);
    }

    private String refusal(MutualTls.Credentials credentials) throws Exception {
        try (StreamEnd stream = new StreamEnd(federation.address(), credentials)) {
            return stream.reason();
        }
    }

    /** A newcomer's own certificate reaches Enrolment alone. */
    @Test
    void connect_selfSigned_isRefused() throws Exception {
        X509Certificate self = Certificates.selfSigned(
                a.tlsKey(),
                "hospital-a",
                federation.clock.instant(),
                federation.clock.instant().plus(LIFE));
        assertThat(refusal(credentials(List.of(self)))).isEqualTo("bad-certificate");
    }

    @Test
    void connect_twoNamesInOneCertificate_isRefused() throws Exception {
        String mine = Certificates.uri(federation.federation(), a.name());
        String other = Certificates.uri(federation.federation(), b.name());
        assertThat(refusal(credentials(List.of(issue(mine, other))))).isEqualTo("bad-certificate");
        try (StreamEnd stream = new StreamEnd(federation.address(), credentials(List.of(issue(mine))))) {
            assertThat(stream.member()).isEqualTo("hospital-a"); // the second name was what was wrong
        }
    }

    /** The CA named b, but the key is a's: the log says which key is b's. */
    @Test
    void connect_keyThatIsNotTheMembers_isRefused() throws Exception {
        String other = Certificates.uri(federation.federation(), b.name());
        assertThat(refusal(credentials(List.of(issue(other))))).isEqualTo("certificate-mismatch");
    }

    @Test
    void connect_nameThatIsNoMember_isRefused() throws Exception {
        String nobody = Certificates.uri(federation.federation(), new MemberName("nobody"));
        assertThat(refusal(credentials(List.of(issue(nobody))))).isEqualTo("not-member");
    }

    @Test
    void renewIfDue_atTwoThirdsOfItsLife_putsANewOneInItsPlace() throws Exception {
        CertificateRenewal renewal = renewal();
        try (MutualTls peer = peer(renewal)) {
            federation.clock.advance(LIFE.multipliedBy(6).dividedBy(10));
            assertThat(renewal.renewIfDue(peer)).isFalse();
            federation.clock.advance(LIFE.dividedBy(10));
            assertThat(renewal.renewIfDue(peer)).isTrue();
            assertThat(renewal.renewIfDue(peer)).isFalse();
        }
        assertThat(renewal.endsAt()).isEqualTo(federation.clock.instant().plus(LIFE));
        NodeIdentity loaded = NodeIdentity.load(temporary.resolve("hospital-a"));
        assertThat(loaded.certificateChain()).isEqualTo(renewal.identity().certificateChain());
        federation.clock.advance(LIFE.dividedBy(2)); // the first one has ended, this one not
        try (StreamEnd stream = new StreamEnd(federation.address(), loaded.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
        }
    }

    /** Both clocks jumped ahead by years, and are set right: what was issued meanwhile opens nothing yet, and is replaced. */
    @Test
    void renewIfDue_certificateOfTheFuture_isReplacedOnceTheClockIsRight() throws Exception {
        CertificateRenewal renewal = renewal();
        Duration years = Duration.ofDays(3 * 365);
        try (MutualTls peer = peer(renewal)) {
            federation.clock.advance(years);
            assertThat(renewal.renewIfDue(peer)).isTrue();
            MutualTls.Credentials ahead = renewal.credentials();
            federation.clock.advance(years.negated());
            assertThat(refusal(ahead)).isEqualTo("certificate-expired");
            assertThat(renewal.renewIfDue(peer)).isTrue();
            assertThat(renewal.endsAt()).isEqualTo(federation.clock.instant().plus(LIFE));
            federation.clock.advance(Duration.ofDays(-1));
            assertThat(renewal.isDue(federation.clock.instant()))
                    .as("set back by a day")
                    .isTrue();
            assertThat(renewal.renewIfDue(peer)).isTrue();
        }
        try (StreamEnd stream = new StreamEnd(federation.address(), renewal.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
        }
    }

    @Test
    void renewIfDue_afterTheEnd_reachesRenewAlone() throws Exception {
        federation.clock.advance(LIFE.plusSeconds(1));
        assertThat(refusal(a.credentials())).isEqualTo("certificate-expired");
        CertificateRenewal renewal = renewal();
        try (MutualTls peer = peer(renewal)) {
            assertThat(renewal.renewIfDue(peer)).isTrue();
        }
        try (StreamEnd stream = new StreamEnd(federation.address(), renewal.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
        }
    }

    @Test
    void renewIfDue_suspendedOrRevoked_isRefused() throws Exception {
        federation.clock.advance(LIFE);
        CertificateRenewal renewal = renewal();
        try (MutualTls peer = peer(renewal)) {
            federation.suspend("hospital-a");
            refused(Reason.SUSPENDED, () -> renewal.renewIfDue(peer));
            federation.resume("hospital-a");
            federation.revoke("hospital-a");
            refused(Reason.REVOKED, () -> renewal.renewIfDue(peer));
        }
    }

    @Test
    void renew_forAnotherMemberWithOtherClockOrKey_isRefused() throws Exception {
        assertThat(renew(b.name(), a.statementKey(), b.tlsKey(), Duration.ZERO)).isEqualTo("bad-signature");
        assertThat(renew(a.name(), a.statementKey(), b.tlsKey(), Duration.ZERO)).isEqualTo("certificate-mismatch");
        assertThat(renew(
                        a.name(),
                        a.statementKey(),
                        a.tlsKey(),
                        Duration.ofMinutes(10).plusMillis(1)))
                .isEqualTo("clock-skew");
        assertThat(renew(a.name(), a.statementKey(), a.tlsKey(), Duration.ofMinutes(-10)))
                .isEqualTo("renewed");
        assertThat(renew(new MemberName("nobody"), a.statementKey(), a.tlsKey(), Duration.ZERO))
                .isEqualTo("not-member");
    }

    @Test
    void revocation_whileAStreamIsOpen_endsIt() throws Exception {
        try (StreamEnd mine = new StreamEnd(federation.address(), a.credentials());
                StreamEnd others = new StreamEnd(federation.address(), b.credentials())) {
            assertThat(mine.member()).isEqualTo("hospital-a");
            assertThat(others.member()).isEqualTo("hospital-b");
            federation.revoke("hospital-a");
            assertThat(mine.reason()).isEqualTo("revoked");
            assertThat(others.isOpen()).isTrue();
        }
        assertThat(refusal(a.credentials())).isEqualTo("revoked");
    }

    @Test
    void suspension_whileAStreamIsOpen_endsItUntilResumed() throws Exception {
        try (StreamEnd stream = new StreamEnd(federation.address(), a.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
            federation.suspend("hospital-a");
            assertThat(stream.reason()).isEqualTo("suspended");
        }
        federation.resume("hospital-a");
        try (StreamEnd stream = new StreamEnd(federation.address(), a.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
        }
    }

    @Test
    void certificateEnd_whileAStreamIsOpen_endsIt() throws Exception {
        try (StreamEnd stream = new StreamEnd(federation.address(), a.credentials())) {
            assertThat(stream.member()).isEqualTo("hospital-a");
            federation.clock.advance(LIFE.plusMillis(1));
            assertThat(stream.reason()).isEqualTo("certificate-expired");
        }
        Await.until(
                "the handler hears of the end", Duration.ofSeconds(30), () -> federation.streams.cancelled.get() == 1);
    }

    private String renew(MemberName name, SigningKey signer, TlsKey key, Duration early) {
        RenewRequest unsigned = RenewRequest.newBuilder()
                .setFederation(federation.federation().toByteString())
                .setMember(name.value())
                .setCertificateRequest(Certificates.request(key, federation.federation(), name))
                .setRequestedAt(WireTime.print(federation.clock.instant().minus(early)))
                .build();
        ByteString signature = signer.sign(JoinMessage.renew(unsigned));
        try (MutualTls peer = new MutualTls(List.of(federation.address()), a::credentials)) {
            EnrolmentGrpc.newBlockingStub(peer.channel())
                    .renew(unsigned.toBuilder().setSignature(signature).build());
            return "renewed";
        } catch (StatusRuntimeException e) {
            Metadata trailers = e.getTrailers();
            return trailers == null
                    ? e.getMessage()
                    : trailers.get(Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER));
        }
    }

    private MutualTls.Credentials credentials(List<X509Certificate> chain) {
        return new MutualTls.Credentials(a.tlsKey().keyPair().getPrivate(), chain, federation.ca.certificate());
    }

    /** A certificate of the federation's CA over a's key, with any names. */
    private X509Certificate issue(String... uris) throws Exception {
        GeneralName[] names = new GeneralName[uris.length];
        for (int i = 0; i < uris.length; i++) {
            names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
        }
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                federation.ca.certificate(),
                BigInteger.ONE,
                Date.from(federation.clock.instant()),
                Date.from(federation.clock.instant().plus(LIFE)),
                new X500Name("CN=x"),
                a.tlsKey().keyPair().getPublic());
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        TlsKey authority = TlsKey.fromPem(federation.ca.keyPem());
        return Certificates.fromDer(ByteString.copyFrom(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(authority.keyPair().getPrivate()))
                .getEncoded()));
    }

    private static void refused(Reason reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
