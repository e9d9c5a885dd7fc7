package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * The pre-authentication encoding of DSSE v1.0.2 (protocol.md): {@code "DSSEv1" SP LEN(type) SP type SP LEN(body) SP
 * body}, lengths in ASCII decimal. It is what signatures cover, and its SHA-256 is the statement's id.
 */
public final class Dsse {
    /** The only payload type of a Weft envelope. */
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    private Dsse() {}

    /** The bytes to sign. */
    public static byte[] pae(String payloadType, ByteString payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("DSSEv1 " + type.length + " " + payloadType + " " + payload.size() + " ")
                .getBytes(StandardCharsets.UTF_8);
        byte[] pae = new byte[head.length + payload.size()];
        System.arraycopy(head, 0, pae, 0, head.length);
        payload.copyTo(pae, head.length);
        return pae;
    }

    /** The id of the statement that these bytes are the encoding of. */
    public static Digest id(byte[] pae) {
        return Hashing.sha256(pae);
    }
}
