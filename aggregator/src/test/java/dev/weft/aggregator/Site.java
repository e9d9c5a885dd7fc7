package dev.weft.aggregator;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.Admission;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.InvitationToken;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Rollover;
import dev.weft.proto.v1.Rotate;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A member with its keys, that states one thing after the other. */
public final class Site {
    private final Digest federation;
    private String audience;
    private final MemberName name;
    private final SigningKey statementKey;
    private final SigningKey witnessKey;
    private final SigningKey recoveryKey;
    private final TlsKey tlsKey;
    private MemberKeys keys;
    private AuthorState state = AuthorState.opened(Hashing.sha256(new byte[0]));
    private AuthorState before = state;
    private Optional<MlDsaSigningKey> second = Optional.empty();
    private boolean signsWithBoth;

    Site(Digest federation, String audience, MemberName name, SecureRandom random) {
        this.federation = federation;
        this.audience = audience;
        this.name = name;
        this.statementKey = SigningKey.generate(random);
        this.witnessKey = SigningKey.generate(random);
        this.recoveryKey = SigningKey.generate(random);
        this.tlsKey = TlsKey.generate(random);
        this.keys = MemberKeys.newBuilder()
                .setStatement(statementKey.verifyingKey().toProto())
                .setWitness(witnessKey.verifyingKey().toProto())
                .setTls(tlsKey.toProto())
                .setHpke(HpkeKey.generate(random).toProto())
                .setRecovery(recoveryKey.verifyingKey().toProto())
                .build();
    }

    public MemberName name() {
        return name;
    }

    public SigningKey witnessKey() {
        return witnessKey;
    }

    public TlsKey tlsKey() {
        return tlsKey;
    }

    public SigningKey statementKey() {
        return statementKey;
    }

    /** Makes the second key that it will join with. */
    void makeSecond() {
        MlDsaSigningKey made = MlDsaSigningKey.generate(new SecureRandom());
        second = Optional.of(made);
        signsWithBoth = true;
        keys = keys.toBuilder().setSecond(made.verifyingKey().toProto()).build();
    }

    Admission accept(InvitationToken token) {
        SigningKey oneTime = SigningKey.fromSeed(token.getOneTimeSeed());
        Digest invitation = Invitations.id(token.getSigned());
        return new Admission(
                token.getSigned(), keys, oneTime.sign(JoinMessage.join(federation, invitation, keys)), possessions());
    }

    private interface Signing {
        ByteString sign(byte[] message);
    }

    private Possession possession(PublicKey key, Signing signing) {
        return Possession.newBuilder()
                .setKey(key)
                .setSignature(signing.sign(JoinMessage.possession(federation, name, key)))
                .build();
    }

    void admitted(Digest membership) {
        state = AuthorState.opened(membership);
    }

    /** The next statement: progress in a round that nobody has registered. */
    public SignedEnvelope next() {
        return next(progress("round"));
    }

    public SignedEnvelope next(Message body) {
        return next(body, signsWithBoth ? both() : List.of(statementKey));
    }

    private List<Signatory> both() {
        return List.of(statementKey, second.orElseThrow());
    }

    private SignedEnvelope next(Message body, List<Signatory> signers) {
        SignedEnvelope signed = sign(body, header(), signers);
        before = state;
        state = new AuthorState(
                state.incarnation(), state.nextSeq() + 1, signed.statement().id(), state.siteHead());
        return signed;
    }

    /** It has said this, with that much in its site's log. */
    void said(SignedEnvelope signed, TreeHead siteHead) {
        state = new AuthorState(
                state.incarnation(), state.nextSeq() + 1, signed.statement().id(), siteHead);
    }

    /** What it says from now on is meant for another log. */
    void moveTo(String origin) {
        audience = origin;
    }

    /** The last statement once more, for the log as it is named now. */
    SignedEnvelope again() {
        state = before;
        return next();
    }

    /** The header that the next statement carries. */
    public Header header() {
        return Header.newBuilder()
                .setFederation(federation.toByteString())
                .setAudience(audience)
                .setAuthor(name.value())
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setRecordedAt("2026-11-21T08:00:00.000Z")
                .build();
    }

    public static Message progress(String round) {
        return Progress.newBuilder()
                .setRound(Hashing.sha256(round.getBytes(StandardCharsets.UTF_8)).toByteString())
                .setState(ProgressState.STARTED)
                .build();
    }

    /** A rotation to another statement key, as whoever holds the present one can state it. */
    SignedEnvelope rotation(SigningKey to) {
        Message body = Key.newBuilder()
                .setHeader(header())
                .setRotate(Rotate.newBuilder()
                        .setKeys(MemberKeys.newBuilder()
                                .setStatement(to.verifyingKey().toProto()))
                        .addPossessions(possession(to.verifyingKey().toProto(), to::sign)))
                .build();
        try {
            return EnvelopeSigner.sign(body, List.of(statementKey, to));
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }

    /** The rotation that enrols a second key. */
    public SignedEnvelope enrolment() {
        MlDsaSigningKey made = MlDsaSigningKey.generate(new SecureRandom());
        PublicKey key = made.verifyingKey().toProto();
        second = Optional.of(made);
        return next(
                Key.newBuilder()
                        .setRotate(Rotate.newBuilder()
                                .setKeys(MemberKeys.newBuilder().setSecond(key))
                                .addPossessions(possession(key, made::sign)))
                        .build(),
                both());
    }

    /** From now on it signs with both keys, as the federation requires. */
    void signWithBoth() {
        signsWithBoth = true;
    }

    /** The same statement with the second signature that it lacks. */
    ByteString doubled(SignedEnvelope signed) throws VerificationException {
        return EnvelopeSigner.with(EnvelopeOpener.open(signed.bytes()), second.orElseThrow());
    }

    /** The rollover with which the owner goes on: a site of the same name with new keys takes this one's place. */
    SignedEnvelope rollover(Site heir) {
        Key body = Key.newBuilder()
                .setRollover(Rollover.newBuilder()
                        .setKeys(heir.keys)
                        .addAllPossessions(heir.possessions())
                        .setOldIncarnation(state.incarnation())
                        .setLastSeq(Math.max(0, state.nextSeq() - 1))
                        .setLastStatement(state.prev().toByteString())
                        .setLoss("The keys were stolen."))
                .build();
        Header header = header().toBuilder()
                .setIncarnation(state.incarnation() + 1)
                .clearSeq()
                .build();
        SignedEnvelope signed = sign(body, header, recoveryKey);
        heir.state =
                new AuthorState(state.incarnation() + 1, 1, signed.statement().id(), TreeHead.EMPTY);
        return signed;
    }

    private List<Possession> possessions() {
        List<Possession> all = new ArrayList<>(List.of(
                possession(statementKey.verifyingKey().toProto(), statementKey::sign),
                possession(witnessKey.verifyingKey().toProto(), witnessKey::sign),
                possession(tlsKey.toProto(), message -> tlsKey.sign(message)),
                possession(recoveryKey.verifyingKey().toProto(), recoveryKey::sign)));
        if (keys.hasSecond()) {
            all.add(possession(keys.getSecond(), second.orElseThrow()::sign));
        }
        return all;
    }

    /** A statement with any header, by any key. */
    public static SignedEnvelope sign(Message body, Header header, SigningKey key) {
        return sign(body, header, List.of(key));
    }

    private static SignedEnvelope sign(Message body, Header header, List<? extends Signatory> keys) {
        FieldDescriptor field = body.getDescriptorForType().findFieldByName("header");
        try {
            return EnvelopeSigner.sign(body.toBuilder().setField(field, header).build(), keys);
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }
}
