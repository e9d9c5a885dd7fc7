package dev.weft.node.http;

import java.time.Instant;
import java.util.List;

/**
 * Whom a token stands for and what it may do; the token itself is nowhere kept.
 *
 * @param name of the person or tool; decisions name it
 */
public record TokenGrant(String name, List<Scope> scopes, Instant created) {
    public TokenGrant {
        scopes = List.copyOf(scopes);
    }
}
