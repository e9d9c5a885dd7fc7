package dev.weft.it.story;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.Dsse;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.v1.BundleManifest;
import dev.weft.proto.v1.BundleQuestion;
import dev.weft.proto.v1.Envelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Signature;
import dev.weft.proto.v1.SignedInvitation;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * A federation of one member without any rule of intake: whatever payload the member signs stands in a log whose checkpoint is
 * signed too, so that a verifier has to judge the payload itself.
 */
final class SignedBundle {
    static final String ORIGIN = "odd/log/1";
    static final String MEMBER = "hospital";

    private static final String TIME = "2026-11-21T08:00:00.000Z";

    private final SecureRandom random = new SecureRandom();
    private final SigningKey root = key("root");
    private final SigningKey aggregator = key("aggregator");
    private final SigningKey log = key("log");
    private final SigningKey witness = key("witness of the log");
    private final SigningKey oneTime = key("one time");
    private final SigningKey statement = key("statement");
    private final ByteString genesis;
    private final ByteString membership;
    private final Digest federation;
    private final Digest enrolled;

    SignedBundle() throws VerificationException {
        genesis = EnvelopeSigner.sign(genesis(), List.of(root)).bytes();
        federation = EnvelopeOpener.open(genesis).statement().id();
        membership = EnvelopeSigner.sign(membership(), List.of(aggregator)).bytes();
        enrolled = EnvelopeOpener.open(membership).statement().id();
    }

    private static SigningKey key(String seed) {
        return SigningKey.fromSeed(hash(seed));
    }

    private static ByteString hash(String text) {
        return Hashing.sha256(text.getBytes(StandardCharsets.UTF_8)).toByteString();
    }

    /** A tlog-policy file that names this log, and its witness where it is asked for. */
    String policy(boolean witnessed) {
        String trusted =
                "log " + NoteVerifier.ed25519(ORIGIN, log.verifyingKey()).vkey() + "\n";
        return witnessed
                ? trusted + "witness w "
                        + NoteVerifier.cosigner("witness", witness.verifyingKey())
                                .vkey() + "\nquorum w\n"
                : trusted + "quorum none\n";
    }

    /** The header of the member's only statement. */
    Header header() {
        return Header.newBuilder()
                .setFederation(federation.toByteString())
                .setAudience(ORIGIN)
                .setAuthor(MEMBER)
                .setPrev(enrolled.toByteString())
                .setRecordedAt(TIME)
                .build();
    }

    /** What holds of the log that ends with this payload, signed by the member. */
    byte[] ending(ByteString payload) throws IOException {
        List<ByteString> entries = List.of(genesis, membership, envelope(payload));
        TreeHead head =
                MerkleMath.head(entries.stream().map(MerkleMath::leafHash).toList());
        ByteString note = note(head);
        BundleManifest manifest = BundleManifest.newBuilder()
                .setVersion(1)
                .setFederation(federation.toByteString())
                .setOrigin(ORIGIN)
                .setCheckpoint(head.toProto())
                .setQuestion(BundleQuestion.newBuilder().setMember(MEMBER))
                .setEntries(entries.size())
                .addAllNotProven(List.of("later-entries", "truth-of-statements", "unlogged-work"))
                .setNote(Hashing.sha256(note).toByteString())
                .build();
        Map<String, ByteString> parts = new TreeMap<>();
        parts.put("bundle.json", CanonicalJson.printMessage(manifest));
        parts.put("checkpoint", note);
        parts.put("entries", listed(entries));
        parts.put("hashes", ByteString.EMPTY);
        return pack(parts);
    }

    private ByteString note(TreeHead head) {
        Checkpoint checkpoint = new Checkpoint(ORIGIN, head);
        ByteString signed = Checkpoint.sign(checkpoint, NoteSigner.ed25519(ORIGIN, log));
        Cosignature seen = Cosignature.sign(checkpoint, "witness", witness, Instant.parse("2026-11-21T09:00:00Z"));
        try {
            return Note.parse(signed).with(List.of(seen.line())).encode();
        } catch (VerificationException e) {
            throw new AssertionError("a note that was just signed", e);
        }
    }

    private ByteString envelope(ByteString payload) {
        return Envelope.newBuilder()
                .setPayloadType(Dsse.PAYLOAD_TYPE)
                .setPayload(payload)
                .addSignatures(Signature.newBuilder()
                        .setKeyId(statement.verifyingKey().id().value())
                        .setSignature(statement.sign(Dsse.pae(Dsse.PAYLOAD_TYPE, payload))))
                .build()
                .toByteString();
    }

    private static ByteString listed(List<ByteString> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (int i = 0; i < entries.size(); i++) {
                out.writeLong(i);
                out.writeShort(entries.get(i).size());
                entries.get(i).writeTo(out);
            }
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    /** The container of docs/protocol.md section 12; the one that the JDK writes has a second time stamp. */
    private static byte[] pack(Map<String, ByteString> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        parts.forEach((name, content) -> {
            byte[] common = common(name, content);
            directory.writeBytes(littleEndian(
                    20 + common.length,
                    central -> central.putInt(0x02014b50)
                            .putShort((short) 10)
                            .put(common)
                            .position(central.limit() - 4)
                            .putInt(out.size())));
            directory.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(littleEndian(4, local -> local.putInt(0x04034b50)));
            out.writeBytes(common);
            out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(content.toByteArray());
        });
        byte[] end = littleEndian(
                22,
                last -> last.putInt(0x06054b50)
                        .putInt(0)
                        .putShort((short) parts.size())
                        .putShort((short) parts.size())
                        .putInt(directory.size())
                        .putInt(out.size()));
        out.writeBytes(directory.toByteArray());
        out.writeBytes(end);
        return out.toByteArray();
    }

    private static byte[] common(String name, ByteString content) {
        CRC32 crc = new CRC32();
        crc.update(content.toByteArray());
        return littleEndian(
                26,
                out -> out.putShort((short) 10)
                        .putInt(0)
                        .putShort((short) 0)
                        .putShort((short) 0x21)
                        .putInt((int) crc.getValue())
                        .putInt(content.size())
                        .putInt(content.size())
                        .putShort((short) name.length()));
    }

    private static byte[] littleEndian(int size, Consumer<ByteBuffer> fill) {
        byte[] bytes = new byte[size];
        fill.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return bytes;
    }

    private Genesis genesis() {
        return Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt(TIME))
                .setName("odd")
                .setNonce(hash("nonce"))
                .addRootKeys(root.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(log.verifyingKey().toProto())
                .setAggregatorKey(aggregator.verifyingKey().toProto())
                .setCaDigest(hash("ca"))
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
    }

    private Message membership() {
        TlsKey tls = TlsKey.generate(random);
        SigningKey cosigning = key("witness");
        SigningKey recovery = key("recovery");
        MemberKeys keys = MemberKeys.newBuilder()
                .setStatement(statement.verifyingKey().toProto())
                .setWitness(cosigning.verifyingKey().toProto())
                .setTls(tls.toProto())
                .setHpke(HpkeKey.generate(random).toProto())
                .setRecovery(recovery.verifyingKey().toProto())
                .build();
        SignedInvitation invitation = invitation();
        PublicKey shown = tls.toProto();
        return Membership.newBuilder()
                .setHeader(Header.newBuilder()
                        .setFederation(federation.toByteString())
                        .setAudience(ORIGIN)
                        .setAuthor("aggregator")
                        .setPrev(federation.toByteString())
                        .setRecordedAt(TIME))
                .setInvitation(invitation)
                .setKeys(keys)
                .setOneTimeSignature(oneTime.sign(JoinMessage.join(federation, Invitations.id(invitation), keys)))
                .addPossessions(possession(statement))
                .addPossessions(possession(cosigning))
                .addPossessions(Possession.newBuilder().setKey(shown).setSignature(tls.sign(possession(shown))))
                .addPossessions(possession(recovery))
                .build();
    }

    private Possession.Builder possession(SigningKey key) {
        PublicKey shown = key.verifyingKey().toProto();
        return Possession.newBuilder().setKey(shown).setSignature(key.sign(possession(shown)));
    }

    private byte[] possession(PublicKey shown) {
        return JoinMessage.possession(federation, new MemberName(MEMBER), shown);
    }

    private SignedInvitation invitation() {
        List<Signatory> signers = List.of(root);
        return Invitations.sign(
                Invitation.newBuilder()
                        .setFederation(federation.toByteString())
                        .setFederationName("odd")
                        .setMember(MEMBER)
                        .setRole(Role.SITE)
                        .setOrganisation("Hospital")
                        .setExpires(TIME)
                        .setOneTimeKey(oneTime.verifyingKey().toProto())
                        .addAddresses("127.0.0.1:7443")
                        .setCaDigest(hash("ca"))
                        .setNonce(hash("invitation").substring(0, 16))
                        .build(),
                signers);
    }
}
