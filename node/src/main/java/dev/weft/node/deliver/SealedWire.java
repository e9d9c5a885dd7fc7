package dev.weft.node.deliver;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.SealedMessage;
import dev.weft.proto.v1.SealedTaken;
import java.util.function.Consumer;

/**
 * The way out for sealed messages: ends with the stream that it was made for.
 *
 * @param loop runs what it is given on delivery's thread, if that stream is still open
 */
record SealedWire(Flight flight, Consumer<Runnable> loop) implements SealedTraffic.Wire {

    @Override
    public void send(SealedMessage message) {
        say(NodeMessage.newBuilder().setSealed(message).build());
    }

    @Override
    public void taken(Digest id) {
        say(NodeMessage.newBuilder()
                .setSealedTaken(SealedTaken.newBuilder().setId(id.toByteString()))
                .build());
    }

    private void say(NodeMessage message) {
        loop.accept(() -> flight.send(message));
    }
}
