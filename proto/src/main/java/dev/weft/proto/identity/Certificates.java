package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.PublicKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * X.509 certificates of members (RFC 5280). A member's certificate names it by exactly one URI,
 * {@code spiffe://<federation id in hex>/member/<name>} (SPIFFE X.509-SVID section 2), and counts only where it chains
 * to the federation's own CA.
 */
public final class Certificates {

    static final int URI = 6; // GeneralName's tag, RFC 5280 section 4.2.1.6
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final int MAX_CHAIN = 5;

    private Certificates() {}

    /** A certificate that a key signs for itself: all that a newcomer has to show before it has joined. */
    public static X509Certificate selfSigned(TlsKey key, String commonName, Instant from, Instant to) {
        return CertificateWriter.selfSigned(key, commonName, from, to);
    }

    /** A PKCS #10 request in DER for the member's certificate, signed by the key. */
    public static ByteString request(TlsKey key, Digest federation, MemberName member) {
        return CertificateWriter.request(key, member, uri(federation, member));
    }

    /**
     * The public key of a PKCS #10 request, whose own signature shows that the sender holds it.
     *
     * @throws VerificationException {@link Reason#BAD_CERTIFICATE} or {@link Reason#BAD_KEY}
     */
    public static PublicKey requestKey(ByteString request) throws VerificationException {
        return CertificateWriter.requestKey(request);
    }

    /** The URI that names a member in its certificate. */
    public static String uri(Digest federation, MemberName member) {
        return "spiffe://" + federation.hex() + "/member/" + member;
    }

    /**
     * Which member of the federation a certificate names: empty unless exactly one URI names one. Says nothing about who
     * issued it; see {@link #verifyChain}.
     */
    public static Optional<MemberName> member(X509Certificate certificate, Digest federation) {
        String prefix = "spiffe://" + federation.hex() + "/member/";
        List<String> uris = uris(certificate);
        if (uris.size() != 1 || !uris.get(0).startsWith(prefix)) {
            return Optional.empty();
        }
        String name = uris.get(0).substring(prefix.length());
        return MemberName.isName(name) ? Optional.of(new MemberName(name)) : Optional.empty();
    }

    /**
     * Checks that a chain, leaf first, leads to the CA, is for clients, and is in force (RFC 5280 section 6).
     *
     * @throws VerificationException {@link Reason#CERTIFICATE_EXPIRED} or {@link Reason#BAD_CERTIFICATE}
     */
    public static void verifyChain(List<X509Certificate> chain, X509Certificate ca, Instant at)
            throws VerificationException {
        if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
            throw bad("A chain of " + chain.size()
                    + " certificates came; send the certificate and what leads to the CA.");
        }
        try {
            chain.get(0).checkValidity(Date.from(at));
        } catch (CertificateException e) {
            throw new VerificationException(
                    Reason.CERTIFICATE_EXPIRED,
                    "The certificate is in force from "
                            + chain.get(0).getNotBefore().toInstant() + " to "
                            + chain.get(0).getNotAfter().toInstant() + ", it is " + at + "; renew it.");
        }
        validatePath(chain.stream().filter(c -> !c.equals(ca)).toList(), ca, at);
        requireClientUse(chain.get(0));
    }

    private static void validatePath(List<X509Certificate> path, X509Certificate ca, Instant at)
            throws VerificationException {
        if (path.isEmpty()) {
            throw bad("The CA's own certificate names no member; use the member's.");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
            parameters.setRevocationEnabled(false); // standing in the log decides, at every stream
            parameters.setDate(Date.from(at));
            CertPathValidator.getInstance("PKIX").validate(factory().generateCertPath(path), parameters);
        } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no PKIX", e);
        } catch (GeneralSecurityException e) {
            throw bad(
                    "The certificate is not issued by this federation's CA; join, or use the certificate of the join.");
        }
    }

    private static void requireClientUse(X509Certificate leaf) throws VerificationException {
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            if (uses == null || !uses.contains(CLIENT_AUTH) || leaf.getBasicConstraints() >= 0) {
                throw bad("The certificate is not one for clients; use the member's own.");
            }
        } catch (CertificateParsingException e) {
            throw bad("The certificate's extensions are damaged; renew it.");
        }
    }

    /** The certificate's key in its wire form, if it is a P-256 key. */
    public static Optional<PublicKey> publicKey(X509Certificate certificate) {
        PublicKey key = P256.toProto(certificate.getPublicKey());
        try {
            P256.check(key.getKey());
            return Optional.of(key);
        } catch (VerificationException e) {
            return Optional.empty();
        }
    }

    /** The DER of a certificate. */
    public static ByteString toDer(X509Certificate certificate) {
        try {
            return ByteString.copyFrom(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was parsed does not encode", e);
        }
    }

    /**
     * Reads the DER of one certificate.
     *
     * @throws VerificationException {@link Reason#BAD_CERTIFICATE}
     */
    public static X509Certificate fromDer(ByteString der) throws VerificationException {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der.toByteArray());
            X509Certificate certificate = (X509Certificate) factory().generateCertificate(in);
            if (in.available() == 0) {
                return certificate;
            }
        } catch (CertificateException e) {
            // refused below
        }
        throw bad("The bytes are not one X.509 certificate; take the file from its origin again.");
    }

    /** PEM, in the order given. */
    public static String toPem(List<X509Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            pem.append(Pem.write("CERTIFICATE", toDer(certificate).toByteArray()));
        }
        return pem.toString();
    }

    /**
     * Reads the certificates of a PEM text, in order.
     *
     * @throws VerificationException {@link Reason#BAD_CERTIFICATE}
     */
    public static List<X509Certificate> fromPem(String pem) throws VerificationException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : Pem.readAll(pem, "CERTIFICATE", Reason.BAD_CERTIFICATE)) {
            certificates.add(fromDer(ByteString.copyFrom(der)));
        }
        return List.copyOf(certificates);
    }

    private static List<String> uris(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return List.of();
            }
            return names.stream()
                    .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
                    .map(name -> String.valueOf(name.get(1)))
                    .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException("the JDK has no X.509", e);
        }
    }

    static VerificationException bad(String message) {
        return new VerificationException(Reason.BAD_CERTIFICATE, message);
    }
}
