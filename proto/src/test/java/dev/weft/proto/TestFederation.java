package dev.weft.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Require;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.Rotate;
import dev.weft.proto.v1.SecondKeys;
import dev.weft.proto.v1.SignedInvitation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A federation whose log is a list: real keys, real signatures, every rule of intake. Its seeds are its names. */
public final class TestFederation {
    public static final String NAME = "demo";
    public static final String ORIGIN = "demo/log/1";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TIME = WireTime.print(Instant.parse("2026-11-21T08:00:00Z"));

    private final SigningKey oneTime = signingKey("one-time");
    private final Author root = new Author(MemberName.ROOT, signingKey("root"));
    private final Author aggregator = new Author(MemberName.AGGREGATOR, signingKey("aggregator"));
    private final List<OpenedEnvelope> log = new ArrayList<>();
    private final Standing standing;

    public TestFederation() throws VerificationException {
        this(genesis());
    }

    private TestFederation(Genesis said) throws VerificationException {
        List<Signatory> signers = new ArrayList<>(List.of(root.key));
        if (said.hasSecond()) {
            signers.add(root.second());
        }
        OpenedEnvelope genesis =
                EnvelopeOpener.open(EnvelopeSigner.sign(said, signers).bytes());
        standing = Standing.of(genesis);
        log.add(genesis);
    }

    /** A federation that requires second signatures from entry 0 on. */
    public static TestFederation requiringSecond() throws VerificationException {
        return new TestFederation(genesis().toBuilder()
                .addRequiredSignatures(KeyAlgorithm.ML_DSA_44)
                .setSecond(secondKeys())
                .build());
    }

    /** A federation whose genesis says these limits. */
    public static TestFederation limited(Limits limits) throws VerificationException {
        return new TestFederation(genesis().toBuilder().setLimits(limits).build());
    }

    /** A second key that is the same in every run. */
    public static MlDsaSigningKey secondKey(String seed) {
        return MlDsaSigningKey.fromSeed(hash(seed + " second"));
    }

    /** Of root, log and aggregator. */
    public static SecondKeys secondKeys() {
        return SecondKeys.newBuilder()
                .addRoot(secondKey("root").verifyingKey().toProto())
                .addLog(secondKey("log").verifyingKey().toProto())
                .setAggregator(secondKey("aggregator").verifyingKey().toProto())
                .build();
    }

    /** Root's statement that second signatures are required, signed by both of its keys. */
    public OpenedEnvelope requirement() throws VerificationException {
        Key require = Key.newBuilder()
                .setRequire(Require.newBuilder().setKeys(secondKeys()))
                .build();
        return root.sign(require, root.key, root.second());
    }

    /** A key that is the same in every run. */
    public static SigningKey signingKey(String seed) {
        return SigningKey.fromSeed(
                Hashing.sha256(seed.getBytes(StandardCharsets.UTF_8)).toByteString());
    }

    /** 32 bytes that stand for something of that name. */
    public static ByteString hash(String name) {
        return Hashing.sha256(name.getBytes(StandardCharsets.UTF_8)).toByteString();
    }

    /** A genesis that is the same in every run. */
    public static Genesis genesis() {
        return Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt(TIME))
                .setName(NAME)
                .setNonce(hash("nonce"))
                .addRootKeys(signingKey("root").verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(signingKey("log").verifyingKey().toProto())
                .setAggregatorKey(signingKey("aggregator").verifyingKey().toProto())
                .setCaDigest(hash("ca"))
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
    }

    public Standing standing() {
        return standing;
    }

    public Digest federation() {
        return standing.federation();
    }

    /** The entries, from genesis on. */
    public List<OpenedEnvelope> log() {
        return log;
    }

    public Author root() {
        return root;
    }

    public Author aggregator() {
        return aggregator;
    }

    /** Appends the membership of a newcomer. */
    public Author join(String name, Role role) throws VerificationException {
        Author author = new Author(new MemberName(name), signingKey(name));
        author.enrolled = standing.requirement().isPresent();
        aggregator.say(author.membership(invitation(name, role)));
        return author;
    }

    /** An invitation as root signs it. */
    public SignedInvitation invitation(String name, Role role) {
        Invitation invitation = Invitation.newBuilder()
                .setFederation(federation().toByteString())
                .setFederationName(NAME)
                .setMember(name)
                .setRole(role)
                .setOrganisation("Organisation of " + name)
                .setExpires(TIME)
                .setOneTimeKey(oneTime.verifyingKey().toProto())
                .addAddresses("127.0.0.1:7443")
                .setCaDigest(hash("ca"))
                .setNonce(hash(name).substring(0, 16))
                .build();
        return Invitations.sign(invitation, root.signers());
    }

    /** Passes every check of intake, then appends. The index it got. */
    public long append(OpenedEnvelope opened) throws VerificationException {
        MemberName author = opened.statement().author();
        AuthorState unused = IntakeRule.check(opened, standing.author(author), federation(), ORIGIN, List.of());
        opened.verify(standing.requiredKeys(opened));
        standing.apply(log.size(), opened);
        log.add(opened);
        return log.size() - 1L;
    }

    /** Somebody who signs, with the keys that it holds now. */
    public final class Author {
        private final MemberName name;
        private SigningKey key;
        private SigningKey witness;
        private SigningKey recovery;
        private TlsKey tls = TlsKey.generate(RANDOM);
        private ByteString hpke = HpkeKey.generate(RANDOM).toProto().getKey();
        private int generation;
        private boolean enrolled;

        private Author(MemberName name, SigningKey key) {
            this.name = name;
            this.key = key;
            this.witness = signingKey(name + " witness");
            this.recovery = signingKey(name + " recovery");
        }

        public MemberName name() {
            return name;
        }

        public SigningKey key() {
            return key;
        }

        public SigningKey recovery() {
            return recovery;
        }

        /** The second key, enrolled or not. */
        public MlDsaSigningKey second() {
            return secondKey(name.value());
        }

        /** Whoever has to sign what this author says now. */
        public List<Signatory> signers() {
            return standing.requirement().isPresent() ? List.of(key, second()) : List.of(key);
        }

        /** The rotation by which this member enrols its second key. */
        public Key enrolment() {
            enrolled = true;
            PublicKey shown = second().verifyingKey().toProto();
            return Key.newBuilder()
                    .setRotate(Rotate.newBuilder()
                            .setKeys(MemberKeys.newBuilder().setSecond(shown))
                            .addPossessions(prove(shown, second())))
                    .build();
        }

        /** Enrols the second key. */
        public OpenedEnvelope enrolSecond() throws VerificationException {
            OpenedEnvelope opened = sign(enrolment(), key, second());
            append(opened);
            return opened;
        }

        /** Makes a new set of all keys; the old ones are gone. */
        public void renewKeys() {
            generation++;
            key = signingKey(name + " " + generation);
            witness = signingKey(name + " witness " + generation);
            recovery = signingKey(name + " recovery " + generation);
            tls = TlsKey.generate(RANDOM);
            hpke = HpkeKey.generate(RANDOM).toProto().getKey();
        }

        public void renewStatementKey() {
            generation++;
            key = signingKey(name + " " + generation);
        }

        public MemberKeys keys() {
            MemberKeys.Builder keys = MemberKeys.newBuilder()
                    .setStatement(key.verifyingKey().toProto())
                    .setWitness(witness.verifyingKey().toProto())
                    .setTls(tls.toProto())
                    .setHpke(PublicKey.newBuilder()
                            .setAlgorithm(KeyAlgorithm.X25519)
                            .setKey(hpke))
                    .setRecovery(recovery.verifyingKey().toProto());
            if (enrolled) {
                keys.setSecond(second().verifyingKey().toProto());
            }
            return keys.build();
        }

        /** Of all keys that can sign. */
        public List<Possession> possessions() {
            List<Possession> all = new ArrayList<>(List.of(prove(key), prove(witness), proveTls(), prove(recovery)));
            if (enrolled) {
                all.add(prove(second().verifyingKey().toProto(), second()));
            }
            return all;
        }

        /** Of one key, under this author's name. */
        public Possession prove(SigningKey proved) {
            PublicKey shown = proved.verifyingKey().toProto();
            return Possession.newBuilder()
                    .setKey(shown)
                    .setSignature(proved.sign(JoinMessage.possession(federation(), name, shown)))
                    .build();
        }

        /** The word of a second key that a key is this author's. */
        public Possession prove(PublicKey shown, MlDsaSigningKey by) {
            return Possession.newBuilder()
                    .setKey(shown)
                    .setSignature(by.sign(JoinMessage.possession(federation(), name, shown)))
                    .build();
        }

        private Possession proveTls() {
            return Possession.newBuilder()
                    .setKey(tls.toProto())
                    .setSignature(tls.sign(JoinMessage.possession(federation(), name, tls.toProto())))
                    .build();
        }

        /** The predicate with which this newcomer takes up an invitation. */
        public Membership membership(SignedInvitation invitation) {
            byte[] join = JoinMessage.join(federation(), Invitations.id(invitation), keys());
            return Membership.newBuilder()
                    .setInvitation(invitation)
                    .setKeys(keys())
                    .setOneTimeSignature(oneTime.sign(join))
                    .addAllPossessions(possessions())
                    .build();
        }

        /** The header of this author's next statement. */
        public Header header() throws VerificationException {
            AuthorState state = standing.author(name);
            return Header.newBuilder()
                    .setFederation(federation().toByteString())
                    .setAudience(ORIGIN)
                    .setAuthor(name.value())
                    .setIncarnation(state.incarnation())
                    .setSeq(state.nextSeq())
                    .setPrev(state.prev().toByteString())
                    .setRecordedAt(TIME)
                    .build();
        }

        /** The next statement, signed with these keys. */
        public OpenedEnvelope sign(Message body, Signatory... keys) throws VerificationException {
            return sign(header(), body, keys);
        }

        /** A statement with that header. */
        public OpenedEnvelope sign(Header header, Message body, Signatory... keys) throws VerificationException {
            List<Signatory> signers = keys.length == 0 ? signers() : List.of(keys);
            Message predicate = body.toBuilder()
                    .setField(body.getDescriptorForType().findFieldByNumber(1), header)
                    .build();
            return EnvelopeOpener.open(EnvelopeSigner.sign(predicate, signers).bytes());
        }

        /** Signs the next statement and appends it. */
        public OpenedEnvelope say(Message body) throws VerificationException {
            OpenedEnvelope opened = sign(body);
            append(opened);
            return opened;
        }
    }
}
