package dev.weft.node.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.Set;

/**
 * One line of the API.
 *
 * @param scopes any of these lets in; empty: nobody is asked
 */
record Route(HandlerType method, String path, Set<Scope> scopes, Handler handler) {
    Route {
        scopes = Set.copyOf(scopes);
    }

    static Route get(String path, Set<Scope> scopes, Handler handler) {
        return new Route(HandlerType.GET, path, scopes, handler);
    }

    static Route post(String path, Set<Scope> scopes, Handler handler) {
        return new Route(HandlerType.POST, path, scopes, handler);
    }

    static Route delete(String path, Set<Scope> scopes, Handler handler) {
        return new Route(HandlerType.DELETE, path, scopes, handler);
    }
}
