package dev.weft.it.relay;

import dev.weft.it.federation.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One relay for each member that is invited, and one recording for all. */
public final class Relays implements Route, AutoCloseable {

    private final Recording recording = new Recording();
    private final List<Relay> relays = new ArrayList<>();

    @Override
    public synchronized String address(String member, Path nodeDir, Path aggregatorDir, String address) {
        Relay relay = new Relay(member, nodeDir, aggregatorDir, () -> address, recording);
        relays.add(relay);
        return relay.address();
    }

    public Recording recording() {
        return recording;
    }

    @Override
    public synchronized void close() {
        relays.forEach(Relay::close);
    }
}
