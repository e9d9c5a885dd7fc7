package dev.weft.node.http;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has the steward page open. A one-time code opens a session; a session has two secrets, a cookie that scripts cannot
 * read and a key that the page keeps for its own origin. Both are asked for: cookies know no ports, so another server on
 * the same machine may be sent the cookie, and never the key. Kept in memory alone, as hashes; a restart ends all. Safe
 * for many threads.
 */
final class Sessions {
    static final Duration CODE_LIFE = Duration.ofMinutes(2);
    static final Duration IDLE = Duration.ofMinutes(30);
    static final Duration LIFE = Duration.ofHours(8);

    private static final int MOST = 1_000;

    /** The two secrets of a session, to be handed over once. */
    record Opened(String person, String cookie, String key) {}

    private record Code(String person, Instant made) {
        boolean over(Instant now) {
            return outside(made, CODE_LIFE, now);
        }
    }

    private record Session(String person, Digest key, Instant opened, Instant used) {
        boolean over(Instant now) {
            return outside(used, IDLE, now) || outside(opened, LIFE, now);
        }
    }

    /** Longer ago than that, or as far ahead: a clock that was set back must not lengthen what it was to end. */
    private static boolean outside(Instant begun, Duration most, Instant now) {
        return Duration.between(begun, now).abs().compareTo(most) > 0;
    }

    private final Map<Digest, Code> codes = new ConcurrentHashMap<>();
    private final Map<Digest, Session> sessions = new ConcurrentHashMap<>();
    private final SecureRandom random;
    private final InstantSource clock;

    Sessions(SecureRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /** A code that opens one session for that person within {@link #CODE_LIFE}. */
    String code(String person) {
        Instant now = clock.instant();
        tidy(now);
        String code = secret();
        codes.put(hash(code), new Code(person, now));
        return code;
    }

    /** Opens the session; empty where the code is unknown, used or too old. */
    Optional<Opened> open(String code) {
        Instant now = clock.instant();
        @Nullable Code found = codes.remove(hash(code));
        if (found == null || found.over(now)) {
            return Optional.empty();
        }
        Opened opened = new Opened(found.person(), secret(), secret());
        sessions.put(hash(opened.cookie()), new Session(found.person(), hash(opened.key()), now, now));
        return Optional.of(opened);
    }

    /** Whose session it is; empty where it is none or over, or where one of the two is missing or wrong. */
    Optional<String> person(@Nullable String cookie, @Nullable String key) {
        if (cookie == null || key == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        @Nullable
        Session session = sessions.computeIfPresent(hash(cookie), (id, found) -> {
            if (found.over(now)) {
                return null;
            }
            return found.key().equals(hash(key))
                    ? new Session(found.person(), found.key(), found.opened(), now)
                    : found;
        });
        return session != null && session.key().equals(hash(key)) ? Optional.of(session.person()) : Optional.empty();
    }

    /** Ends it. */
    void end(String cookie) {
        sessions.remove(hash(cookie));
    }

    private void tidy(Instant now) {
        codes.values().removeIf(code -> code.over(now));
        sessions.values().removeIf(session -> session.over(now));
        shrink(codes);
        shrink(sessions);
    }

    private static void shrink(Map<Digest, ?> map) {
        Iterator<Digest> keys = map.keySet().iterator();
        while (map.size() >= MOST && keys.hasNext()) {
            keys.next();
            keys.remove();
        }
    }

    private String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Digest hash(String secret) {
        return Hashing.sha256(secret.getBytes(StandardCharsets.UTF_8));
    }
}
