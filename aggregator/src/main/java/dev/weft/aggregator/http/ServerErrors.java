package dev.weft.aggregator.http;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server itself refuses before any route is asked, in the words that every other refusal has. */
final class ServerErrors extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(body(status)), callback);
    }

    private static byte[] body(int status) {
        JsonObject body = new JsonObject();
        body.addProperty("reason", Problems.reason(status).code());
        body.addProperty("message", sentence(status));
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String sentence(int status) {
        return switch (status) {
            case 413, 414, 431 -> "The request's line or headers are too large; send less.";
            case 404 -> "There is no such path; /openapi.json lists all of them.";
            case 408 -> "The request did not come in time; send it at once.";
            case 505 -> "The request's version of HTTP is not spoken here; send HTTP/1.1.";
            default ->
                status < 500
                        ? "The request is not well-formed HTTP; check its first line, its path and its headers."
                        : "The request could not be served; the log says more.";
        };
    }
}
