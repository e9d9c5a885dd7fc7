package dev.weft.it.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.it.relay.Recording;
import dev.weft.it.relay.Relayed;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.NodeMessage;

/** Everything that passed the relays: each message, header and status. Or, of the submissions, the decoded payloads. */
public final class RelayHaystack implements Haystack {

    private static final String CONNECT = "weft.v1.Exchange/Connect";

    private final Recording recording;
    private final boolean payloads;

    private RelayHaystack(Recording recording, boolean payloads) {
        this.recording = recording;
        this.payloads = payloads;
    }

    /** The messages as they passed. */
    public static RelayHaystack messages(Recording recording) {
        return new RelayHaystack(recording, false);
    }

    /** The statements inside, decoded. */
    public static RelayHaystack payloads(Recording recording) {
        return new RelayHaystack(recording, true);
    }

    @Override
    public void parts(Part part) {
        if (payloads) {
            recording
                    .messages(CONNECT, Relayed.Direction.UP)
                    .forEach(message -> part.accept("payload in " + message, payload(message.bytes())));
        } else {
            recording
                    .all()
                    .forEach(relayed ->
                            part.accept(relayed.toString(), relayed.bytes().toByteArray()));
        }
    }

    private static byte[] payload(ByteString message) {
        try {
            NodeMessage up = NodeMessage.parseFrom(message);
            return up.hasSubmission()
                    ? Envelope.parseFrom(up.getSubmission().getEnvelope())
                            .getPayload()
                            .toByteArray()
                    : new byte[0];
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a node sent what is no message", e);
        }
    }
}
