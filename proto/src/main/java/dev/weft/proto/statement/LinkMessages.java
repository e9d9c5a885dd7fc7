package dev.weft.proto.statement;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.LinkingKey;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.KeyId;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.v1.LinkMessage;
import dev.weft.proto.v1.PublicKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/** Seals and opens what members tell each other about the linking key. */
public final class LinkMessages {
    private static final ByteString INFO = ByteString.copyFrom("weft/linkkey/v1\0", US_ASCII);
    private static final ByteString SIGNED = ByteString.copyFrom("weft/linkmessage/v1\0", US_ASCII);

    private LinkMessages() {}

    /**
     * What both sides know of a message: sealed for one occasion, it opens for no other.
     *
     * @param federation its id
     * @param statement id of the {@code linkkey} statement that it is about
     */
    public record Occasion(Digest federation, Digest statement, MemberName from, MemberName to) {
        /** {@code "weft/linkkey/v1" 0x00 federation[32] statement[32] u32(len from) from u32(len to) to}. */
        ByteString info() {
            return INFO.concat(federation.toByteString())
                    .concat(statement.toByteString())
                    .concat(sized(from))
                    .concat(sized(to));
        }

        private static ByteString sized(MemberName name) {
            ByteString text = ByteString.copyFrom(name.value(), US_ASCII);
            byte[] size = ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(text.size())
                    .array();
            return ByteString.copyFrom(size).concat(text);
        }
    }

    /**
     * Signs and seals.
     *
     * @param by the writer's statement key
     * @param reader the reader's enrolled HPKE key
     */
    public static ByteString seal(
            Occasion occasion, LinkMessage message, SigningKey by, PublicKey reader, SecureRandom random)
            throws VerificationException {
        ByteString signature = by.sign(signed(occasion, message));
        ByteString text = message.toBuilder().setSignature(signature).build().toByteString();
        return HpkeKey.seal(reader, occasion.info(), text, random);
    }

    /**
     * Opens, and checks who wrote it.
     *
     * @throws VerificationException {@link Reason#NOT_FOR_US} where it was sealed for another occasion, to another key, or
     *     changed; {@link Reason#BAD_SIGNATURE} where another wrote it; or what is wrong with its form
     */
    public static LinkMessage open(Occasion occasion, ByteString sealed, HpkeKey own, VerifyingKey writer)
            throws VerificationException {
        LinkMessage message = parse(own.open(occasion.info(), sealed));
        writer.verify(signed(occasion, message), message.getSignature());
        return message;
    }

    /** The bytes that are signed: {@code "weft/linkmessage/v1" 0x00} info, and the message without its signature. */
    private static byte[] signed(Occasion occasion, LinkMessage message) {
        ByteString unsigned = message.toBuilder().clearSignature().build().toByteString();
        return SIGNED.concat(occasion.info()).concat(unsigned).toByteArray();
    }

    /** Reads the text that was sealed. */
    public static LinkMessage parse(ByteString text) throws VerificationException {
        LinkMessage message;
        try {
            message = LinkMessage.parseFrom(text);
        } catch (InvalidProtocolBufferException e) {
            throw new VerificationException(Reason.MALFORMED, "This is no message about a linking key.", e);
        }
        if (!message.toByteString().equals(text)
                || !message.getUnknownFields().asMap().isEmpty()) {
            throw new VerificationException(
                    Reason.NOT_CANONICAL, "A message about a linking key is not in its one encoding.");
        }
        FieldRules.value(message.getEpoch() > 0, "epoch", "begins with 1");
        FieldRules.size(message.getSignature(), 64, "signature");
        switch (message.getMessageCase()) {
            case REQUEST -> {
                FieldRules.size(message.getRequest().getKeyId(), KeyId.SIZE, "request.keyId");
                FieldRules.time(message.getRequest().getAskedAt(), "request.askedAt");
            }
            case GIVEN -> FieldRules.size(message.getGiven().getKey(), LinkingKey.SIZE, "given.key");
            case REFUSED -> FieldRules.name(message.getRefused().getReason(), "refused.reason");
            case MESSAGE_NOT_SET -> FieldRules.present(false, "message");
        }
        return message;
    }
}
