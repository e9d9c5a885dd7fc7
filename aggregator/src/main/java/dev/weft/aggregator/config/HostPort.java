package dev.weft.aggregator.config;

import java.util.Optional;

/** A network address as written by a person: {@code name:port}, {@code 127.0.0.1:0} or {@code [::1]:7878}. */
public record HostPort(String host, int port) {
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        if (host.isBlank() || (!bracketed && host.indexOf(':') >= 0)) {
            return Optional.empty();
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return port < 0 || port > 65_535
                    ? Optional.empty()
                    : Optional.of(new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, port));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether only this machine can reach it. Names other than {@code localhost} are not looked up: they do not count. */
    public boolean loopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
