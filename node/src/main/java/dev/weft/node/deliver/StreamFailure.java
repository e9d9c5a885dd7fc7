package dev.weft.node.deliver;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words why a call or a stream to the aggregator ended, and what to look at. */
public final class StreamFailure {
    private StreamFailure() {}

    /** One clause without a full stop; {@code address} is the aggregator's. */
    public static String describe(Status status, String address) {
        return switch (status.getCode()) {
            case OK -> "the aggregator ended the stream";
            case UNAVAILABLE, DEADLINE_EXCEEDED -> "the aggregator cannot be reached: " + unreachable(status, address);
            case UNAUTHENTICATED, PERMISSION_DENIED -> "the aggregator does not let this node in: " + said(status);
            case UNIMPLEMENTED -> "what answers at " + address + " does not speak this protocol; check the address";
            default -> "the stream broke (" + status.getCode() + "): " + said(status);
        };
    }

    private static String unreachable(Status status, String address) {
        for (@Nullable Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            Optional<String> words = words(cause, address);
            if (words.isPresent()) {
                return words.get();
            }
        }
        String said = said(status);
        if (said.startsWith("Unable to resolve host")) {
            return unknownName(address);
        }
        boolean wording = said.startsWith("io exception") || said.startsWith("Network closed");
        return wording || status.getCode() == Status.Code.DEADLINE_EXCEEDED
                ? "the connection to " + address + " was lost or did not answer; look at the network between"
                : said;
    }

    private static Optional<String> words(Throwable cause, String address) {
        if (cause instanceof UnknownHostException) {
            return Optional.of(unknownName(address));
        } else if (cause instanceof NoRouteToHostException) {
            return Optional.of("no way leads to " + address + "; look at the network and its firewall");
        } else if (cause instanceof ConnectException connect) { // Netty's time-out is one too
            boolean silent = String.valueOf(connect.getMessage())
                    .toLowerCase(Locale.ROOT)
                    .contains("timed out");
            return Optional.of(
                    silent
                            ? address + " does not answer; look at the network and its firewall"
                            : "nothing listens at " + address + "; ask its operator whether it runs");
        } else if (cause instanceof SSLException) {
            return Optional.of("the TLS handshake with " + address + " failed (" + cause.getMessage()
                    + "); 'weft-node doctor' looks closer");
        }
        return Optional.empty();
    }

    private static String unknownName(String address) {
        return "the name in " + address + " is not known here; check it and this machine's DNS";
    }

    private static String said(Status status) {
        return Optional.ofNullable(status.getDescription()).orElse("no reason given");
    }
}
