package dev.weft.proto.statement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.proto.Reason;
import dev.weft.proto.Refused;
import dev.weft.proto.TestFederation;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.statement.LinkMessages.Occasion;
import dev.weft.proto.v1.LinkGiven;
import dev.weft.proto.v1.LinkMessage;
import dev.weft.proto.v1.LinkRefused;
import dev.weft.proto.v1.LinkRequest;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class LinkMessagesTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SigningKey writer = SigningKey.generate(RANDOM);
    private final HpkeKey reader = HpkeKey.generate(RANDOM);
    private final Occasion occasion = occasion("statement", "anna", "bert");
    private final LinkMessage given = LinkMessage.newBuilder()
            .setEpoch(3)
            .setGiven(LinkGiven.newBuilder().setKey(TestFederation.hash("key")))
            .build();

    private static Occasion occasion(String statement, String from, String to) {
        return new Occasion(
                Digest.of(TestFederation.hash("federation")),
                Digest.of(TestFederation.hash(statement)),
                new MemberName(from),
                new MemberName(to));
    }

    @Test
    void whatIsSealed_opensForItsReaderAndOccasionAlone() throws VerificationException {
        ByteString sealed = LinkMessages.seal(occasion, given, writer, reader.toProto(), RANDOM);

        assertThat(LinkMessages.open(occasion, sealed, reader, writer.verifyingKey())
                        .getGiven())
                .isEqualTo(given.getGiven());
        for (Occasion other : new Occasion[] {
            occasion("another epoch's", "anna", "bert"),
            occasion("statement", "carl", "bert"),
            occasion("statement", "anna", "carl")
        }) {
            Refused.with(Reason.NOT_FOR_US, () -> LinkMessages.open(other, sealed, reader, writer.verifyingKey()));
        }
        Refused.with(
                Reason.NOT_FOR_US,
                () -> LinkMessages.open(occasion, sealed, HpkeKey.generate(RANDOM), writer.verifyingKey()));
        Refused.with(
                Reason.BAD_SIGNATURE,
                () -> LinkMessages.open(
                        occasion, sealed, reader, SigningKey.generate(RANDOM).verifyingKey()));
    }

    @Test
    void everyBit_counts() throws VerificationException {
        byte[] sealed = LinkMessages.seal(occasion, given, writer, reader.toProto(), RANDOM)
                .toByteArray();
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
            ByteString changed = ByteString.copyFrom(sealed);
            // RFC 7748 section 5: the highest bit of a public key is not looked at; the context that is hashed has it.
            Refused.with(Reason.NOT_FOR_US, () -> LinkMessages.open(occasion, changed, reader, writer.verifyingKey()));
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void wrongForm_isRefused() {
        LinkMessage.Builder signed = given.toBuilder().setSignature(ByteString.copyFrom(new byte[64]));
        Refused.with(Reason.MALFORMED, () -> LinkMessages.parse(ByteString.copyFromUtf8("no message")));
        Refused.with(
                Reason.NOT_CANONICAL,
                () -> LinkMessages.parse(signed.build().toByteString().concat(ByteString.fromHex("f80101"))));
        Refused.with(Reason.BAD_VALUE, () -> parse(signed.clone().clearEpoch()));
        Refused.with(Reason.MISSING_FIELD, () -> parse(signed.clone().clearSignature()));
        Refused.with(Reason.MISSING_FIELD, () -> parse(signed.clone().clearMessage()));
        Refused.with(
                Reason.BAD_VALUE,
                () -> parse(signed.clone().setGiven(LinkGiven.newBuilder().setKey(ByteString.copyFromUtf8("short")))));
        Refused.with(Reason.MISSING_FIELD, () -> parse(signed.clone().setRequest(LinkRequest.getDefaultInstance())));
        Refused.with(
                Reason.BAD_TIME,
                () -> parse(signed.clone()
                        .setRequest(LinkRequest.newBuilder()
                                .setKeyId(ByteString.copyFrom(new byte[16]))
                                .setAskedAt("yesterday"))));
        Refused.with(
                Reason.BAD_NAME,
                () -> parse(signed.clone().setRefused(LinkRefused.newBuilder().setReason("Why not?"))));
    }

    private static LinkMessage parse(LinkMessage.Builder message) throws VerificationException {
        return LinkMessages.parse(message.build().toByteString());
    }
}
