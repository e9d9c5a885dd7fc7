package dev.weft.node.http;

import dev.weft.proto.Reason;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.log.GroupCommit;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of the local API. A token is 32 random bytes, shown once when it is made; kept is only its SHA-256, so a copy
 * of the database lets nobody in. Checked in memory. Safe for many threads.
 */
public final class Tokens {
    /** Begins every token, so that a scanner for leaked secrets finds it. */
    private static final String PREFIX = "weft_";

    private final GroupCommit writer;
    private final SecureRandom random;
    private final InstantSource clock;
    private final TokenStore store = new TokenStore();
    private final Map<Digest, TokenGrant> grants = new ConcurrentHashMap<>();
    private final Sessions sessions;

    /** Reads the table. */
    public Tokens(GroupCommit writer, DataSource reads, SecureRandom random, InstantSource clock) throws SQLException {
        this.writer = writer;
        this.random = random;
        this.clock = clock;
        this.sessions = new Sessions(random, clock);
        try (Connection connection = reads.getConnection()) {
            grants.putAll(store.all(connection));
        }
    }

    /** The text of a new token; grants nothing yet. */
    public static String newToken(SecureRandom random) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /**
     * Makes a token.
     *
     * @return its text, which cannot be had again
     * @throws ApiException where the name is taken or breaks the name rule
     */
    public String add(String name, List<Scope> scopes) {
        String token = newToken(random);
        adopt(name, scopes, token);
        return token;
    }

    /** Grants scopes to a token whose text exists already: the one that joining left in the directory. */
    public synchronized void adopt(String name, List<Scope> scopes, String token) {
        if (!MemberName.isName(name)) {
            throw new ApiException(
                    400,
                    Reason.BAD_NAME,
                    "'" + name
                            + "' is no name; use a-z, 0-9, '.', '_', '-', beginning and ending with a letter or digit");
        }
        if (grants.values().stream().anyMatch(grant -> grant.name().equals(name))) {
            throw new ApiException(
                    409,
                    Reason.DUPLICATE,
                    "there is a token named '" + name + "'; revoke it first or use another name");
        }
        Digest hash = hash(token);
        TokenGrant grant = new TokenGrant(name, scopes, clock.instant());
        commit(connection -> {
            store.add(connection, hash, grant);
            return true;
        });
        grants.put(hash, grant);
    }

    /** Takes a token back at once; false where there is none of that name. */
    public synchronized boolean revoke(String name) {
        boolean known = commit(connection -> store.remove(connection, name));
        grants.values().removeIf(grant -> grant.name().equals(name));
        return known;
    }

    /** All grants by name. */
    public List<TokenGrant> list() {
        return grants.values().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /** Whom the token stands for, if anybody. Looked up by hash: how long it takes says nothing about other tokens. */
    Optional<TokenGrant> find(String token) {
        return Optional.ofNullable(grants.get(hash(token)));
    }

    Sessions sessions() {
        return sessions;
    }

    /** Whom a session of the steward page stands for, as long as that person's token is a steward's. */
    Optional<TokenGrant> find(@Nullable String cookie, @Nullable String key) {
        return sessions.person(cookie, key)
                .flatMap(person -> list().stream()
                        .filter(grant ->
                                grant.name().equals(person) && grant.scopes().contains(Scope.STEWARD))
                        .findFirst())
                .map(grant -> new TokenGrant(grant.name(), List.of(Scope.STEWARD), grant.created()));
    }

    private static Digest hash(String token) {
        return Hashing.sha256(token.getBytes(StandardCharsets.UTF_8));
    }

    private boolean commit(GroupCommit.Work<Boolean> work) {
        try {
            return writer.submit(work).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the table of tokens cannot be written: " + e.getMessage(), e);
        }
    }
}
