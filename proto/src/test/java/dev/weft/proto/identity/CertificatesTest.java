package dev.weft.proto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;

class CertificatesTest {

    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final Digest FEDERATION = Hashing.sha256(new byte[] {1});
    private static final Digest OTHER = Hashing.sha256(new byte[] {2});
    private static final MemberName MEMBER = new MemberName("hospital-a");

    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority ca = authority();
    private final TlsKey key = TlsKey.generate(random);

    private CertificateAuthority authority() {
        return CertificateAuthority.create("demo", random, InstantSource.fixed(NOW), Duration.ofDays(1));
    }

    private CertificateAuthority authorityAt(Instant time) throws VerificationException {
        return CertificateAuthority.fromPem(
                Certificates.toPem(List.of(ca.certificate())), ca.keyPem(), random, InstantSource.fixed(time));
    }

    private X509Certificate member(Instant issued, Duration life) throws VerificationException {
        ByteString request = Certificates.request(key, FEDERATION, MEMBER);
        return authorityAt(issued).issueMember(request, FEDERATION, MEMBER, life);
    }

    @Test
    void issueMember_request_namesTheMemberOfThatFederationAlone() throws VerificationException {
        X509Certificate certificate = member(NOW, Duration.ofHours(1));
        assertThat(Certificates.member(certificate, FEDERATION)).contains(MEMBER);
        assertThat(Certificates.member(certificate, OTHER)).isEmpty();
        assertThat(Certificates.publicKey(certificate)).contains(key.toProto());
        Certificates.verifyChain(List.of(certificate), ca.certificate(), NOW);
        Certificates.verifyChain(List.of(certificate, ca.certificate()), ca.certificate(), NOW);
    }

    @Test
    void issueMember_requestOfAnotherName_isNamedByTheCaller() throws VerificationException {
        ByteString request = Certificates.request(key, OTHER, new MemberName("mallory"));
        X509Certificate certificate = authorityAt(NOW).issueMember(request, FEDERATION, MEMBER, Duration.ofHours(1));
        assertThat(Certificates.member(certificate, FEDERATION)).contains(MEMBER);
    }

    @Test
    void issueMember_damagedRequest_refuses() {
        ByteString request = Certificates.request(key, FEDERATION, MEMBER);
        byte[] changed = request.toByteArray();
        changed[changed.length - 1] ^= 1;
        for (ByteString bad : List.of(ByteString.EMPTY, ByteString.copyFrom(changed), request.substring(1))) {
            Refused.with(Reason.BAD_CERTIFICATE, () -> ca.issueMember(bad, FEDERATION, MEMBER, Duration.ofHours(1)));
        }
    }

    @Test
    void verifyChain_otherCa_refuses() throws VerificationException {
        X509Certificate certificate = member(NOW, Duration.ofHours(1));
        CertificateAuthority other = authority();
        Refused.with(
                Reason.BAD_CERTIFICATE, () -> Certificates.verifyChain(List.of(certificate), other.certificate(), NOW));
        Refused.with(
                Reason.BAD_CERTIFICATE,
                () -> Certificates.verifyChain(List.of(certificate, ca.certificate()), other.certificate(), NOW));
    }

    @Test
    void verifyChain_selfSignedOrCaItselfOrServer_refuses() throws VerificationException {
        X509Certificate self = Certificates.selfSigned(key, "x", NOW.minusSeconds(1), NOW.plusSeconds(60));
        X509Certificate server = authorityAt(NOW).issueServer(key.toProto(), List.of("localhost"), Duration.ofHours(1));
        for (X509Certificate wrong : List.of(self, ca.certificate(), server)) {
            Refused.with(Reason.BAD_CERTIFICATE, () -> Certificates.verifyChain(List.of(wrong), ca.certificate(), NOW));
        }
    }

    @Test
    void verifyChain_atTheEdgesOfItsLife_isExact() throws VerificationException {
        X509Certificate certificate = member(NOW, Duration.ofSeconds(10));
        Instant end = certificate.getNotAfter().toInstant();
        assertThat(end).isEqualTo(NOW.plusSeconds(10));
        Certificates.verifyChain(List.of(certificate), ca.certificate(), end);
        Refused.with(
                Reason.CERTIFICATE_EXPIRED,
                () -> Certificates.verifyChain(List.of(certificate), ca.certificate(), end.plusMillis(1)));
        Instant begin = certificate.getNotBefore().toInstant();
        assertThat(begin).isEqualTo(NOW.minusSeconds(1)); // a tenth of a short life
        Refused.with(
                Reason.CERTIFICATE_EXPIRED,
                () -> Certificates.verifyChain(List.of(certificate), ca.certificate(), begin.minusMillis(1)));
    }

    @Test
    void member_twoUris_isNobody() {
        X509Certificate certificate = withNames(
                uri(Certificates.uri(FEDERATION, MEMBER)),
                uri(Certificates.uri(FEDERATION, new MemberName("hospital-b"))));
        assertThat(Certificates.member(certificate, FEDERATION)).isEmpty();
    }

    @Test
    void member_noUriOrForeignPath_isNobody() {
        String trust = "spiffe://" + FEDERATION.hex();
        for (GeneralName name : List.of(
                new GeneralName(GeneralName.dNSName, "hospital-a"),
                uri(trust + "/member/"),
                uri(trust + "/member/hospital-a/x"),
                uri(trust + "/site/hospital-a"),
                uri("https://" + FEDERATION.hex() + "/member/hospital-a"))) {
            assertThat(Certificates.member(withNames(name), FEDERATION))
                    .as(name.toString())
                    .isEmpty();
        }
    }

    @Test
    void fromPem_damaged_refuses() throws VerificationException {
        String pem = Certificates.toPem(List.of(ca.certificate(), member(NOW, Duration.ofHours(1))));
        assertThat(Certificates.fromPem(pem)).hasSize(2);
        for (String bad : List.of(
                "junk",
                "junk\n" + pem,
                pem.replace("END", "ENDE"),
                pem.substring(0, 200),
                "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")) {
            Refused.with(Reason.BAD_CERTIFICATE, () -> Certificates.fromPem(bad));
        }
    }

    @Test
    void fromPem_keyOfAnotherCa_refuses() {
        String foreign = authority().keyPem();
        Refused.with(
                Reason.BAD_CERTIFICATE,
                () -> CertificateAuthority.fromPem(
                        Certificates.toPem(List.of(ca.certificate())), foreign, random, InstantSource.system()));
    }

    @Test
    void tlsKey_storedAndRead_isTheSamePair() throws VerificationException {
        TlsKey read = TlsKey.fromPem(key.toPem());
        assertThat(read.toProto()).isEqualTo(key.toProto());
        P256.verify(key.toProto().getKey(), new byte[] {1}, read.sign(new byte[] {1}));
        Refused.with(
                Reason.BAD_SIGNATURE,
                () -> P256.verify(key.toProto().getKey(), new byte[] {2}, read.sign(new byte[] {1})));
        Refused.with(Reason.BAD_KEY, () -> TlsKey.fromPem(key.toPem().replace("PRIVATE", "PUBLIC")));
    }

    @Test
    void hpkeKey_storedAndRead_isTheSamePair() {
        HpkeKey made = HpkeKey.generate(random);
        assertThat(HpkeKey.fromPrivate(made.privateBytes()).toProto()).isEqualTo(made.toProto());
        assertThat(made.toProto().getKey().size()).isEqualTo(32);
    }

    private X509Certificate withNames(GeneralName... names) {
        return CertificateWriter.write(
                new CertificateWriter.Frame(
                        CertificateWriter.commonName("x"), BigInteger.ONE, NOW, NOW.plusSeconds(60)),
                key.toProto(),
                List.of(
                        new CertificateWriter.Part(Extension.basicConstraints, true, new BasicConstraints(false)),
                        new CertificateWriter.Part(
                                Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)),
                        new CertificateWriter.Part(Extension.subjectAlternativeName, false, new GeneralNames(names))),
                CertificateWriter.commonName("x"),
                key.keyPair().getPrivate());
    }

    private static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }
}
