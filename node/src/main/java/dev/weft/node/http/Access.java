package dev.weft.node.http;

import dev.weft.node.config.HostPort;
import dev.weft.node.config.NodeConfig;
import dev.weft.proto.Reason;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call what. Host must name this server, so that a web page elsewhere cannot reach it by pointing its own name
 * here (DNS rebinding); Origin, which browsers send, must be this server too; then the token's scopes decide.
 */
final class Access {
    private static final String BEARER = "Bearer ";

    private final Tokens tokens;
    private final Set<String> hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    private final String scheme;

    Access(NodeConfig.Http config, Tokens tokens) {
        this.tokens = tokens;
        this.scheme = config.tls().isPresent() ? "https" : "http";
        hosts.add(config.address().host().toLowerCase(Locale.ROOT));
        config.allowedHosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    }

    /** Fails unless Host, and Origin where there is one, name this server. */
    void checkNames(@Nullable String host, @Nullable String origin) {
        if (host == null || !known(host)) {
            throw new ApiException(
                    403,
                    Reason.FOREIGN_ORIGIN,
                    "the request's Host does not name this server; call it by 127.0.0.1, or add the name to"
                            + " http.allowed-hosts");
        }
        if (origin != null && !origin.equalsIgnoreCase(scheme + "://" + host)) {
            throw new ApiException(
                    403,
                    Reason.FOREIGN_ORIGIN,
                    "the request comes from a web page of another server; it is not served");
        }
    }

    private boolean known(String host) {
        Optional<HostPort> parsed = HostPort.parse(host).or(() -> HostPort.parse(host + ":0"));
        return parsed.isPresent() && hosts.contains(parsed.get().host().toLowerCase(Locale.ROOT));
    }

    /** The grant of the token, or of the steward's session where no token is sent, if it has one of the scopes. */
    TokenGrant authorize(Context ctx, Collection<Scope> anyOf) {
        @Nullable String authorization = ctx.header("Authorization");
        @Nullable String cookie = ctx.cookie(StewardRoutes.COOKIE);
        if (authorization != null || cookie == null) {
            return authorize(authorization, anyOf);
        }
        TokenGrant grant = tokens.find(cookie, ctx.header(StewardRoutes.KEY))
                .orElseThrow(() -> new ApiException(
                        401,
                        Reason.UNAUTHENTICATED,
                        "this page's session is over; 'weft-node steward' prints the address of a new one"));
        return allowed(grant, anyOf);
    }

    private TokenGrant authorize(@Nullable String authorization, Collection<Scope> anyOf) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw new ApiException(
                    401,
                    Reason.UNAUTHENTICATED,
                    "send a token as 'Authorization: Bearer TOKEN'; 'weft-node token add NAME --scope SCOPE' makes one");
        }
        TokenGrant grant = tokens.find(authorization.substring(BEARER.length()))
                .orElseThrow(() -> new ApiException(
                        401, Reason.UNAUTHENTICATED, "this token is unknown or was revoked; ask for another one"));
        return allowed(grant, anyOf);
    }

    private static TokenGrant allowed(TokenGrant grant, Collection<Scope> anyOf) {
        if (grant.scopes().stream().noneMatch(anyOf::contains)) {
            throw new ApiException(
                    403,
                    Reason.SCOPE_MISSING,
                    "the token of '" + grant.name() + "' does not have the scope "
                            + String.join(
                                    " or ",
                                    anyOf.stream().sorted().map(Scope::code).toList()));
        }
        return grant;
    }
}
