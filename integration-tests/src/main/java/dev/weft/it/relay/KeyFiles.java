package dev.weft.it.relay;

import dev.weft.proto.VerificationException;
import dev.weft.proto.identity.CertificateAuthority;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.TlsKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The key and the certificates of one end, as they lie in its directory.
 *
 * @param key PKCS #8, PEM
 * @param chain PEM, leaf first
 */
record KeyFiles(String key, String chain) {

    /** The aggregator's key, with a certificate like the one that it makes for itself at each start. */
    static KeyFiles ofAggregator(Path dir, InstantSource clock) {
        Path keys = dir.resolve("keys");
        String key = read(keys.resolve("tls.key"));
        try {
            CertificateAuthority ca = CertificateAuthority.fromPem(
                    read(keys.resolve("ca.pem")), read(keys.resolve("ca.key")), new SecureRandom(), clock);
            X509Certificate certificate = ca.issueServer(
                    TlsKey.fromPem(key).toProto(), List.of("127.0.0.1", "localhost"), Duration.ofDays(30));
            return new KeyFiles(key, Certificates.toPem(List.of(certificate, ca.certificate())));
        } catch (VerificationException e) {
            throw new IllegalStateException("the relay cannot use the aggregator's keys in " + keys, e);
        }
    }

    /** A member's, once it has joined. While it joins: its new key and a self-signed certificate. */
    static KeyFiles ofMember(Path dir, InstantSource clock) {
        Path chain = dir.resolve("keys").resolve("tls.crt");
        String key = read(dir.resolve("keys").resolve("tls.key"));
        return new KeyFiles(key, Files.exists(chain) ? read(chain) : selfSigned(key, clock.instant()));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the relay cannot read " + file, e);
        }
    }

    private static String selfSigned(String key, Instant now) {
        try {
            X509Certificate certificate = Certificates.selfSigned(
                    TlsKey.fromPem(key), "newcomer", now.minus(Duration.ofMinutes(5)), now.plus(Duration.ofHours(1)));
            return Certificates.toPem(List.of(certificate));
        } catch (VerificationException e) {
            throw new IllegalStateException("the member's TLS key cannot be read", e);
        }
    }
}
