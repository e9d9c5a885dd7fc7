package dev.weft.it.relay;

import com.google.protobuf.ByteString;

/**
 * One thing that passed.
 *
 * @param member whose relay it was
 * @param direction which way
 * @param kind message, or the headers, trailers or status as text
 * @param method full gRPC method name
 * @param bytes of a message as decoded from HTTP/2 and gRPC, or the text in UTF-8
 */
public record Relayed(String member, Direction direction, Kind kind, String method, ByteString bytes) {

    /** Up is from the site to the aggregator. */
    public enum Direction {
        UP,
        DOWN
    }

    /** What passed. */
    public enum Kind {
        HEADERS,
        MESSAGE,
        STATUS
    }

    @Override
    public String toString() {
        return member + " " + direction + " " + kind + " " + method + " (" + bytes.size() + " bytes)";
    }
}
