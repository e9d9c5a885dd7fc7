package dev.weft.it.mallory;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.it.federation.Route;
import dev.weft.it.relay.Recording;
import dev.weft.it.relay.Relay;
import dev.weft.it.relay.Tampering;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.ExchangeGrpc;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The operator who lies: every member dials a listener of its own, with the aggregator's real certificate, behind which
 * stands a real aggregator, or another one with the same keys, and on whose streams each message can be another one.
 */
public final class LyingAggregator implements Route, AutoCloseable {

    private static final String CONNECT = ExchangeGrpc.getConnectMethod().getFullMethodName();

    private final Recording recording = new Recording();
    private final Map<String, Relay> relays = new HashMap<>();

    @Override
    public synchronized String address(String member, Path nodeDir, Path aggregatorDir, String address) {
        Relay relay = new Relay(member, nodeDir, aggregatorDir, () -> address, recording);
        relays.put(member, relay);
        return relay.address();
    }

    /** From now on the member is told these messages instead of the aggregator's own; on a new stream. */
    public void lieTo(String member, UnaryOperator<AggregatorMessage> lie) {
        Relay relay = relay(member);
        relay.tamper((method, message) -> method.equals(CONNECT) ? told(message, lie) : message);
        relay.hangUp();
    }

    /** The member is told the truth again, on a new stream. */
    public void beHonestTo(String member) {
        Relay relay = relay(member);
        relay.tamper(Tampering.NONE);
        relay.hangUp();
    }

    /** The member is shown another aggregator from now on. */
    public void turn(String member, String address) {
        relay(member).turnTo(() -> address);
    }

    private synchronized Relay relay(String member) {
        return Optional.ofNullable(relays.get(member)).orElseThrow();
    }

    private static byte[] told(byte[] message, UnaryOperator<AggregatorMessage> lie) {
        try {
            return lie.apply(AggregatorMessage.parseFrom(message)).toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the aggregator sent something else", e);
        }
    }

    @Override
    public synchronized void close() {
        relays.values().forEach(Relay::close);
    }
}
