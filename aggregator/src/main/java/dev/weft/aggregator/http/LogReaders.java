package dev.weft.aggregator.http;

import dev.weft.aggregator.members.ClientCertificates;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may read the log's files: everybody, or members by their certificate and tools by a token.
 *
 * @param everybody as configured
 * @param tokens SHA-256 of each token that opens
 */
public record LogReaders(boolean everybody, ClientCertificates members, List<Digest> tokens) {
    private static final String BEARER = "Bearer ";

    /** Only the hashes of the tokens are kept. */
    public static LogReaders of(boolean everybody, ClientCertificates members, List<String> tokens) {
        return new LogReaders(
                everybody, members, tokens.stream().map(Access::hash).toList());
    }

    void admit(X509Certificate @Nullable [] chain, @Nullable String authorization) throws VerificationException {
        if (everybody || hasToken(authorization)) {
            return;
        }
        if (chain == null || chain.length == 0) {
            throw new ApiException(
                    401,
                    Reason.UNAUTHENTICATED,
                    "Show a member's certificate, or send a token as 'Authorization: Bearer TOKEN'.");
        }
        try {
            members.member(List.of(chain));
        } catch (VerificationException e) {
            throw new ApiException(403, e.reason(), String.valueOf(e.getMessage()));
        }
    }

    private boolean hasToken(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            return false;
        }
        Digest shown = Access.hash(authorization.substring(BEARER.length()));
        return tokens.stream().anyMatch(token -> MessageDigest.isEqual(token.toByteArray(), shown.toByteArray()));
    }
}
