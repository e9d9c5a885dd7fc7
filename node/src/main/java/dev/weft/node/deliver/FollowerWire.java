package dev.weft.node.deliver;

import dev.weft.proto.v1.CosignatureLines;
import dev.weft.proto.v1.EntriesRequest;
import dev.weft.proto.v1.NodeMessage;
import java.util.function.Consumer;

/**
 * The follower's way back: ends with the stream that it was made for.
 *
 * @param loop runs what it is given on delivery's thread, if that stream is still open
 * @param failed ends the stream, on that thread
 */
record FollowerWire(Flight flight, Consumer<Runnable> loop, Consumer<String> failed) implements LogFollower.Wire {

    @Override
    public void ask(EntriesRequest request) {
        say(NodeMessage.newBuilder().setEntries(request).build());
    }

    @Override
    public void answer(CosignatureLines lines) {
        say(NodeMessage.newBuilder().setCosignature(lines).build());
    }

    @Override
    public void giveUp(String why) {
        loop.accept(() -> failed.accept(why));
    }

    private void say(NodeMessage message) {
        loop.accept(() -> flight.send(message));
    }
}
