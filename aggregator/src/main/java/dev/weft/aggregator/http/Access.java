package dev.weft.aggregator.http;

import dev.weft.aggregator.config.HostPort;
import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call. Host must name this server, so that a web page elsewhere cannot reach it by pointing its own name here (DNS
 * rebinding); Origin, which browsers send, must be this server too; then the operator's token decides.
 */
final class Access {
    private static final String BEARER = "Bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private final String host;
    private final Digest token;

    /** @param token SHA-256 of the operator's token: the token itself is not kept */
    Access(HostPort address, Digest token) {
        this.host = address.host().toLowerCase(Locale.ROOT);
        this.token = token;
    }

    /** Fails unless Host, and Origin where there is one, name this server. */
    void checkNames(@Nullable String named, @Nullable String origin) {
        if (named == null || !known(named)) {
            throw new ApiException(
                    403,
                    Reason.FOREIGN_ORIGIN,
                    "The request's Host does not name this server; call it by 127.0.0.1 or by the address it listens on.");
        }
        if (origin != null && !origin.equalsIgnoreCase("http://" + named)) {
            throw new ApiException(
                    403,
                    Reason.FOREIGN_ORIGIN,
                    "The request comes from a web page of another server; it is not served.");
        }
    }

    private boolean known(String named) {
        Optional<HostPort> parsed = HostPort.parse(named).or(() -> HostPort.parse(named + ":0"));
        return parsed.map(HostPort::host)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> LOOPBACK.contains(name) || name.equals(host))
                .isPresent();
    }

    /** Fails unless the header carries the operator's token. */
    void authorize(@Nullable String authorization) {
        boolean right = authorization != null
                && authorization.startsWith(BEARER)
                && MessageDigest.isEqual(
                        token.toByteArray(),
                        hash(authorization.substring(BEARER.length())).toByteArray());
        if (!right) {
            throw new ApiException(
                    401,
                    Reason.UNAUTHENTICATED,
                    "Send the operator's token as 'Authorization: Bearer TOKEN'; it stands in tokens/admin.token of the"
                            + " aggregator's directory.");
        }
    }

    static Digest hash(String token) {
        return Hashing.sha256(token.getBytes(StandardCharsets.UTF_8));
    }
}
