package dev.weft.node.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weft.node.config.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** HTTP over a socket of our own: other clients do not let one choose the Host. */
record Http(HostPort server) {
    /** What came back. */
    record Reply(int status, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String reason() {
            return json().get("reason").getAsString();
        }
    }

    Reply get(String path, String token) throws IOException {
        return send("GET", path, Map.of("Authorization", "Bearer " + token), "");
    }

    Reply post(String path, String token, String body) throws IOException {
        return send("POST", path, Map.of("Authorization", "Bearer " + token), body);
    }

    Reply send(String method, String path, Map<String, String> headers, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
            if (!headers.containsKey("Host")) {
                request.append("Host: ").append(server).append("\r\n");
            }
            headers.forEach((name, value) ->
                    request.append(name).append(": ").append(value).append("\r\n"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            request.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            OutputStream out = socket.getOutputStream();
            out.write(request.toString().getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            String text = answer.toString(StandardCharsets.UTF_8);
            int split = text.indexOf("\r\n\r\n");
            return new Reply(Integer.parseInt(text.substring(9, 12)), text.substring(split + 4));
        }
    }
}
