package dev.weft.it.relay;

import com.google.protobuf.ByteString;
import dev.weft.it.relay.Relayed.Direction;
import dev.weft.it.relay.Relayed.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Everything that passed the relays of a federation, in the order in which it did. Any thread. */
public final class Recording {

    private final List<Relayed> passed = new ArrayList<>();

    /** All so far. */
    public synchronized List<Relayed> all() {
        return List.copyOf(passed);
    }

    /** The messages of one method in one direction, of all members. */
    public List<Relayed> messages(String method, Direction direction) {
        return all().stream()
                .filter(r -> r.kind() == Kind.MESSAGE
                        && r.direction() == direction
                        && r.method().equals(method))
                .toList();
    }

    /** Bytes of messages that went that way through the member's relay. */
    public long bytes(String member, Direction direction) {
        return all().stream()
                .filter(r -> r.member().equals(member) && r.direction() == direction)
                .mapToLong(r -> r.bytes().size())
                .sum();
    }

    void message(String member, Direction direction, String method, byte[] bytes) {
        add(new Relayed(member, direction, Kind.MESSAGE, method, ByteString.copyFrom(bytes)));
    }

    void headers(String member, Direction direction, String method, Metadata headers) {
        add(new Relayed(member, direction, Kind.HEADERS, method, text(headers)));
    }

    void status(String member, Direction direction, String method, Status status, Metadata trailers) {
        ByteString text = ByteString.copyFromUtf8(
                status.getCode() + " " + Objects.requireNonNullElse(status.getDescription(), "") + "\n");
        add(new Relayed(member, direction, Kind.STATUS, method, text.concat(text(trailers))));
    }

    private synchronized void add(Relayed relayed) {
        passed.add(relayed);
    }

    private static ByteString text(Metadata metadata) {
        StringBuilder text = new StringBuilder();
        ByteString binary = ByteString.EMPTY;
        for (String name : metadata.keys()) {
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                text.append(name).append('\n');
                Iterable<byte[]> values = metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                for (byte[] value : Objects.requireNonNullElse(values, List.<byte[]>of())) {
                    binary = binary.concat(ByteString.copyFrom(value));
                }
            } else {
                Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                for (String value : Objects.requireNonNullElse(values, List.<String>of())) {
                    text.append(name).append(": ").append(value).append('\n');
                }
            }
        }
        return ByteString.copyFrom(text.toString(), StandardCharsets.UTF_8).concat(binary);
    }
}
