package dev.weft.proto.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Envelope;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Nothing but the exact bytes passes, and nothing that a peer sends makes the opener fail in another way than it says. */
class MutationTest {
    private static final int[] FLIPS = {1, 2, 0x10, 0x20, 0x80, 0xff};

    @Test
    void everyByteOfAnEnvelopeChanged_isRefusedOrDoesNotVerify() throws VerificationException {
        for (Message predicate : Examples.all()) {
            OpenedEnvelope opened = Examples.signed(predicate);
            byte[] bytes = opened.bytes().toByteArray();
            for (int at = 0; at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) FLIPS[at % FLIPS.length];
                requireRefusal(opened, ByteString.copyFrom(changed));
            }
        }
    }

    @Test
    void everyByteOfAPayloadChanged_isRefusedOrChangesTheId() throws VerificationException {
        for (Message predicate : Examples.all()) {
            OpenedEnvelope opened = Examples.signed(predicate);
            Digest id = opened.statement().id();
            byte[] payload = opened.envelope().getPayload().toByteArray();
            for (int at = 0; at < payload.length; at++) {
                byte old = payload[at];
                payload[at] ^= (byte) FLIPS[(at + 3) % FLIPS.length];
                Envelope changed = opened.envelope().toBuilder()
                        .setPayload(ByteString.copyFrom(payload))
                        .build();
                assertThat(idOrRefused(changed.toByteString())).isNotEqualTo(id);
                payload[at] = old;
            }
        }
    }

    @Test
    void bytesCutInsertedOrRepeated_areRefused() throws VerificationException {
        SplittableRandom random = new SplittableRandom(1);
        for (Message predicate : Examples.all()) {
            OpenedEnvelope opened = Examples.signed(predicate);
            ByteString bytes = opened.bytes();
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(bytes.size());
                int to = Math.min(bytes.size(), from + 1 + random.nextInt(8));
                requireRefusal(opened, bytes.substring(0, from).concat(bytes.substring(to)));
                requireRefusal(opened, bytes.substring(0, to).concat(bytes.substring(from)));
            }
        }
    }

    private static void requireRefusal(OpenedEnvelope original, ByteString changed) {
        if (changed.equals(original.bytes())) {
            return;
        }
        try {
            EnvelopeOpener.open(changed).verify(List.of(Examples.SIGNER.verifyingKey()));
        } catch (VerificationException e) {
            return;
        }
        fail("accepted: " + changed.toStringUtf8());
    }

    private static Digest idOrRefused(ByteString envelope) {
        try {
            OpenedEnvelope opened = EnvelopeOpener.open(envelope);
            opened.statement()
                    .predicate()
                    .ifPresent(predicate -> assertThat(CanonicalJson.print(predicate))
                            .isEqualTo(opened.envelope().getPayload()));
            return opened.statement().id();
        } catch (VerificationException e) {
            return Digest.of(new byte[Digest.SIZE]);
        }
    }
}
