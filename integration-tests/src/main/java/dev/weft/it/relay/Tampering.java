package dev.weft.it.relay;

/** What a relay does to messages on their way down. Any thread. */
@FunctionalInterface
public interface Tampering {

    /** Every byte as it came. */
    Tampering NONE = (method, message) -> message;

    /**
     * What is passed on instead of a message.
     *
     * @param method full gRPC method name
     * @param message as the aggregator sent it
     */
    byte[] down(String method, byte[] message);
}
