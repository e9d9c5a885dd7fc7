package dev.weft.proto.identity;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.PublicKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;

/** Writes X.509 structures with Bouncy Castle. Names and policy are decided by the callers. */
final class CertificateWriter {

    /** An extension of a certificate to be. */
    record Part(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

    /** Subject, serial and life of a certificate to be. */
    record Frame(X500Name subject, BigInteger serial, Instant from, Instant to) {}

    private CertificateWriter() {}

    static java.security.cert.X509Certificate selfSigned(TlsKey key, String commonName, Instant from, Instant to) {
        X500Name name = commonName(commonName);
        // Nobody revokes it by its serial number: the positive number of the key's own id will do.
        BigInteger serial = new BigInteger(1, KeyId.of(key.toProto()).value().toByteArray()).setBit(0);
        return write(
                new Frame(name, serial, from, to),
                key.toProto(),
                List.of(),
                name,
                key.keyPair().getPrivate());
    }

    /** A signed certificate over a P-256 key. */
    static java.security.cert.X509Certificate write(
            Frame frame, PublicKey key, List<Part> parts, X500Name issuer, PrivateKey issuerKey) {
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                frame.serial(),
                Date.from(frame.from()),
                Date.from(frame.to()),
                frame.subject(),
                SubjectPublicKeyInfo.getInstance(key.getKey().toByteArray()));
        try {
            for (Part part : parts) {
                builder.addExtension(part.id(), part.critical(), part.value());
            }
            return Certificates.fromDer(
                    ByteString.copyFrom(builder.build(signer(issuerKey)).getEncoded()));
        } catch (IOException | VerificationException e) {
            throw new IllegalStateException("a certificate does not encode", e);
        }
    }

    static ByteString request(TlsKey key, MemberName member, String uri) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(Extension.subjectAlternativeName, false, uriName(uri));
            PKCS10CertificationRequest request = new PKCS10CertificationRequestBuilder(
                            commonName(member.value()),
                            SubjectPublicKeyInfo.getInstance(
                                    key.toProto().getKey().toByteArray()))
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(signer(key.keyPair().getPrivate()));
            return ByteString.copyFrom(request.getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("a certificate request does not encode", e);
        }
    }

    static PublicKey requestKey(ByteString der) throws VerificationException {
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der.toByteArray());
            ByteString spki =
                    ByteString.copyFrom(request.getSubjectPublicKeyInfo().getEncoded());
            java.security.PublicKey key = P256.publicKey(spki);
            if (request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                return PublicKey.newBuilder()
                        .setAlgorithm(KeyAlgorithm.ECDSA_P256)
                        .setKey(spki)
                        .build();
            }
        } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
            // refused below, like a request whose signature does not hold
        }
        throw new VerificationException(
                Reason.BAD_CERTIFICATE,
                "The certificate request is not a PKCS #10 signed by its own P-256 key; make it anew.");
    }

    static X500Name commonName(String name) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
    }

    static GeneralNames uriName(String uri) {
        return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    private static ContentSigner signer(PrivateKey key) {
        try {
            return new JcaContentSignerBuilder(P256.SIGNATURE).build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("the JDK cannot sign with P-256", e);
        }
    }
}
