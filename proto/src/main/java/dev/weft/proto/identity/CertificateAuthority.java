package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.PublicKey;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * A federation's own CA: a P-256 key that issues the certificates of members and of the aggregator's listener, and
 * nothing else. It says which key speaks for a name on a connection; who is a member stands in the log.
 */
public final class CertificateAuthority {

    /** A clock this far behind ours still accepts a new certificate, unless the certificate's own life is short. */
    private static final Duration MAX_BACKDATE = Duration.ofMinutes(5);

    private static final Pattern IP_ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final int SERIAL_BITS = 127;

    private final X509Certificate certificate;
    private final TlsKey key;
    private final SecureRandom random;
    private final InstantSource clock;

    private CertificateAuthority(X509Certificate certificate, TlsKey key, SecureRandom random, InstantSource clock) {
        this.certificate = certificate;
        this.key = key;
        this.random = random;
        this.clock = clock;
    }

    /** A new CA with a new key. */
    public static CertificateAuthority create(
            String federationName, SecureRandom random, InstantSource clock, Duration life) {
        TlsKey key = TlsKey.generate(random);
        X500Name name = CertificateWriter.commonName("Weft federation " + federationName);
        X509Certificate certificate = CertificateWriter.write(
                frame(name, random, clock, life),
                key.toProto(),
                List.of(
                        new CertificateWriter.Part(Extension.basicConstraints, true, new BasicConstraints(0)),
                        new CertificateWriter.Part(
                                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))),
                name,
                key.keyPair().getPrivate());
        return new CertificateAuthority(certificate, key, random, clock);
    }

    /**
     * The CA of two stored files.
     *
     * @throws VerificationException {@link Reason#BAD_CERTIFICATE} or {@link Reason#BAD_KEY} where they do not belong together
     */
    public static CertificateAuthority fromPem(
            String certificatePem, String keyPem, SecureRandom random, InstantSource clock)
            throws VerificationException {
        List<X509Certificate> certificates = Certificates.fromPem(certificatePem);
        TlsKey key = TlsKey.fromPem(keyPem);
        if (certificates.size() != 1
                || !certificates.get(0).getPublicKey().equals(key.keyPair().getPublic())) {
            throw new VerificationException(
                    Reason.BAD_CERTIFICATE, "The CA's certificate and key do not belong together; restore both files.");
        }
        return new CertificateAuthority(certificates.get(0), key, random, clock);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** The CA's secret in PEM, for the one file that keeps it. */
    public String keyPem() {
        return key.toPem();
    }

    /**
     * Issues a member's certificate. The name is the caller's; what the request asks for beside its key is ignored.
     *
     * @param request PKCS #10 in DER, signed by its own P-256 key
     * @throws VerificationException {@link Reason#BAD_CERTIFICATE} where it is not
     */
    public X509Certificate issueMember(ByteString request, Digest federation, MemberName member, Duration life)
            throws VerificationException {
        PublicKey subjectKey = Certificates.requestKey(request);
        GeneralNames name = CertificateWriter.uriName(Certificates.uri(federation, member));
        return issue(subjectKey, member.value(), name, KeyPurposeId.id_kp_clientAuth, life);
    }

    /** Issues the certificate of the aggregator's listener, for DNS names and IP addresses. */
    public X509Certificate issueServer(PublicKey key, List<String> hosts, Duration life) throws VerificationException {
        if (hosts.isEmpty()) {
            throw Certificates.bad("A server certificate needs at least one host name; name one.");
        }
        P256.check(key.getKey());
        GeneralName[] names = new GeneralName[hosts.size()];
        for (int i = 0; i < names.length; i++) {
            String host = hosts.get(i);
            int kind = IP_ADDRESS.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName;
            names[i] = new GeneralName(kind, host);
        }
        return issue(key, hosts.get(0), new GeneralNames(names), KeyPurposeId.id_kp_serverAuth, life);
    }

    private X509Certificate issue(
            PublicKey subjectKey, String commonName, GeneralNames names, KeyPurposeId purpose, Duration life) {
        return CertificateWriter.write(
                frame(CertificateWriter.commonName(commonName), random, clock, life),
                subjectKey,
                List.of(
                        new CertificateWriter.Part(Extension.basicConstraints, true, new BasicConstraints(false)),
                        new CertificateWriter.Part(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)),
                        new CertificateWriter.Part(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose)),
                        new CertificateWriter.Part(Extension.subjectAlternativeName, false, names)),
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                key.keyPair().getPrivate());
    }

    private static CertificateWriter.Frame frame(
            X500Name subject, SecureRandom random, InstantSource clock, Duration life) {
        Instant now = clock.instant();
        Duration tenth = life.dividedBy(10);
        Instant from = now.minus(tenth.compareTo(MAX_BACKDATE) < 0 ? tenth : MAX_BACKDATE);
        BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS); // positive, RFC 5280 4.1.2.2
        return new CertificateWriter.Frame(subject, serial, from.truncatedTo(ChronoUnit.SECONDS), now.plus(life));
    }
}
