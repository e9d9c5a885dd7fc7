package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.node.disclose.SharedCopy;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.Invitations;
import dev.weft.proto.identity.JoinMessage;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Cosignature;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteSignature;
import dev.weft.proto.note.NoteSigner;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.AddCheckpoint;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.KeyAlgorithm;
import dev.weft.proto.v1.MemberKeys;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Possession;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Require;
import dev.weft.proto.v1.Revoke;
import dev.weft.proto.v1.Role;
import dev.weft.proto.v1.SecondKeys;
import dev.weft.proto.v1.SignedInvitation;
import dev.weft.proto.v1.StatedPolicy;
import dev.weft.proto.v1.StatedRequirement;
import dev.weft.proto.v1.Suspend;
import dev.weft.proto.v1.Witness;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A log that a test writes by hand, with real keys, and that can be forked. */
public final class SharedHistory implements SharedCopy {
    public static final String ORIGIN = "demo/log/1";
    private static final Instant TIME = Instant.parse("2026-11-21T08:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SigningKey root;
    private final SigningKey aggregator;
    private NoteSigner signer;
    private final List<ByteString> entries = new ArrayList<>();
    private final Map<String, SigningKey> witnesses;
    private final Map<String, SigningKey> members;
    private final Map<String, AuthorState> turns = new HashMap<>();
    private final Digest federation;

    public SharedHistory() throws VerificationException {
        root = SigningKey.generate(RANDOM);
        aggregator = SigningKey.generate(RANDOM);
        SigningKey logKey = SigningKey.generate(RANDOM);
        signer = NoteSigner.ed25519(ORIGIN, logKey);
        witnesses = new HashMap<>();
        members = new HashMap<>();
        Genesis genesis = Genesis.newBuilder()
                .setHeader(Header.newBuilder()
                        .setAudience(ORIGIN)
                        .setAuthor("root")
                        .setRecordedAt("2026-11-21T08:00:00.000Z"))
                .setName("demo")
                .setNonce(Hashing.sha256(ByteString.copyFromUtf8("nonce")).toByteString())
                .addRootKeys(root.verifyingKey().toProto())
                .setRootThreshold(1)
                .setLogOrigin(ORIGIN)
                .addLogKeys(logKey.verifyingKey().toProto())
                .setAggregatorKey(aggregator.verifyingKey().toProto())
                .setCaDigest(Hashing.sha256(ByteString.copyFromUtf8("ca")).toByteString())
                .setProtocolVersion(1)
                .addRequiredSignatures(KeyAlgorithm.ED25519)
                .setLimits(EnvelopeOpener.LIMITS)
                .build();
        SignedEnvelope signed = EnvelopeSigner.sign(genesis, List.of(root));
        federation = signed.statement().id();
        entries.add(signed.bytes());
        turns.put("root", new AuthorState(0, 1, federation, TreeHead.EMPTY));
        turns.put("aggregator", AuthorState.opened(federation));
    }

    private SharedHistory(SharedHistory other) {
        root = other.root;
        aggregator = other.aggregator;
        signer = other.signer;
        witnesses = other.witnesses;
        members = other.members;
        federation = other.federation;
        entries.addAll(other.entries);
        turns.putAll(other.turns);
    }

    /** The same log up to here; what is appended to one of the two is not in the other. */
    public SharedHistory fork() {
        return new SharedHistory(this);
    }

    public Standing founding() throws VerificationException {
        return Standing.of(EnvelopeOpener.open(entries.get(0)));
    }

    public Digest federation() {
        return federation;
    }

    public NoteVerifier verifier() {
        return signer.verifier();
    }

    public ByteString genesis() {
        return entries.get(0);
    }

    @Override
    public synchronized long size() {
        return entries.size();
    }

    @Override
    public synchronized List<ByteString> entries(long first, int count) {
        return List.copyOf(entries.subList((int) first, (int) Math.min(entries.size(), first + count)));
    }

    SigningKey witness(String name) {
        return witnesses.computeIfAbsent(name, unused -> SigningKey.generate(RANDOM));
    }

    private Header header(String author, TreeHead seen) {
        AuthorState turn = turn(author);
        Header.Builder header = Header.newBuilder()
                .setFederation(federation.toByteString())
                .setAudience(ORIGIN)
                .setAuthor(author)
                .setIncarnation(turn.incarnation())
                .setSeq(turn.nextSeq())
                .setPrev(turn.prev().toByteString())
                .setRecordedAt("2026-11-21T08:00:00.000Z");
        if (!seen.isEmpty()) {
            header.setSeen(seen.toProto());
        }
        return header.build();
    }

    private AuthorState turn(String author) {
        return turns.computeIfAbsent(author, unused -> AuthorState.opened(federation));
    }

    private Digest append(String author, SignedEnvelope signed) {
        AuthorState turn = turn(author);
        entries.add(signed.bytes());
        turns.put(
                author,
                new AuthorState(
                        turn.incarnation(),
                        turn.nextSeq() + 1,
                        signed.statement().id(),
                        TreeHead.EMPTY));
        return signed.statement().id();
    }

    /** A statement of somebody, whose key no mirror knows. */
    Digest say(String author) throws VerificationException {
        return say(author, TreeHead.EMPTY);
    }

    /** The author has said something that is not here. */
    void skip(String author) {
        AuthorState turn = turn(author);
        turns.put(author, new AuthorState(turn.incarnation(), turn.nextSeq() + 1, turn.prev(), TreeHead.EMPTY));
    }

    Digest say(String author, TreeHead seen) throws VerificationException {
        Progress progress = Progress.newBuilder()
                .setHeader(header(author, seen))
                .setRound(federation.toByteString())
                .setState(ProgressState.STARTED)
                .build();
        return append(author, EnvelopeSigner.sign(progress, List.of(SigningKey.generate(RANDOM))));
    }

    /** Somebody becomes a member, with a statement key that every mirror knows from then on. */
    void admit(String name) throws VerificationException {
        Digest unused = admit(name, Role.SITE, SigningKey.generate(RANDOM), HpkeKey.generate(RANDOM));
    }

    /** As above, with keys that somebody holds; gives the entry's id. */
    public synchronized Digest admit(String name, Role role, SigningKey statement, HpkeKey hpke)
            throws VerificationException {
        MemberName member = new MemberName(name);
        SigningKey witness = witness(name);
        SigningKey recovery = SigningKey.generate(RANDOM);
        SigningKey oneTime = SigningKey.generate(RANDOM);
        TlsKey tls = TlsKey.generate(RANDOM);
        SignedInvitation invitation = Invitations.sign(
                Invitation.newBuilder()
                        .setFederation(federation.toByteString())
                        .setFederationName("demo")
                        .setMember(name)
                        .setRole(role)
                        .setExpires("2026-11-28T08:00:00.000Z")
                        .setOneTimeKey(oneTime.verifyingKey().toProto())
                        .addAddresses("127.0.0.1:7443")
                        .setCaDigest(
                                Hashing.sha256(ByteString.copyFromUtf8("ca")).toByteString())
                        .setNonce(federation.toByteString().substring(0, 16))
                        .build(),
                List.of(root));
        MemberKeys keys = MemberKeys.newBuilder()
                .setStatement(statement.verifyingKey().toProto())
                .setWitness(witness.verifyingKey().toProto())
                .setTls(tls.toProto())
                .setHpke(hpke.toProto())
                .setRecovery(recovery.verifyingKey().toProto())
                .build();
        Membership.Builder membership = Membership.newBuilder()
                .setHeader(header("aggregator", TreeHead.EMPTY))
                .setInvitation(invitation)
                .setKeys(keys)
                .setOneTimeSignature(oneTime.sign(JoinMessage.join(federation, Invitations.id(invitation), keys)))
                .addPossessions(possession(member, statement))
                .addPossessions(possession(member, witness))
                .addPossessions(Possession.newBuilder()
                        .setKey(tls.toProto())
                        .setSignature(tls.sign(JoinMessage.possession(federation, member, tls.toProto()))))
                .addPossessions(possession(member, recovery));
        Digest entry = append("aggregator", EnvelopeSigner.sign(membership.build(), List.of(aggregator)));
        members.put(name, statement);
        turns.put(name, AuthorState.opened(entry));
        return entry;
    }

    /** Takes an entry as somebody signed it. */
    public synchronized void enter(ByteString envelope) {
        entries.add(envelope);
    }

    /** Root ends a membership. */
    public synchronized void revoke(String name) throws VerificationException {
        Key revoke = Key.newBuilder()
                .setHeader(header("root", TreeHead.EMPTY))
                .setRevoke(Revoke.newBuilder().setMember(name))
                .build();
        Digest unused = append("root", EnvelopeSigner.sign(revoke, List.of(root)));
    }

    /** Root requires second signatures; index of the entry. */
    public synchronized long require() throws VerificationException {
        MlDsaSigningKey ofRoot = MlDsaSigningKey.generate(RANDOM);
        MlDsaSigningKey ofLog = MlDsaSigningKey.generate(RANDOM);
        Key require = Key.newBuilder()
                .setHeader(header("root", TreeHead.EMPTY))
                .setRequire(Require.newBuilder()
                        .setKeys(SecondKeys.newBuilder()
                                .addRoot(ofRoot.verifyingKey().toProto())
                                .addLog(ofLog.verifyingKey().toProto())
                                .setAggregator(MlDsaSigningKey.generate(RANDOM)
                                        .verifyingKey()
                                        .toProto())))
                .build();
        Digest unused = append("root", EnvelopeSigner.sign(require, List.of(root, ofRoot)));
        signer = signer.withSecond(ofLog, size());
        return size() - 1;
    }

    /** What an aggregator says of an entry by which root requires them, to a node that holds a checkpoint of that size. */
    public StatedRequirement stated(long index, long held) {
        return StatedRequirement.newBuilder()
                .setIndex(index)
                .setEntry(entries.get((int) index))
                .setSize(size())
                .addAllInclusion(InclusionProof.prove(MerkleMath.reader(leaves(size())), index, size())
                        .toProto())
                .setCheckpoint(update(held))
                .build();
    }

    private Possession possession(MemberName member, SigningKey key) {
        PublicKey shown = key.verifyingKey().toProto();
        return Possession.newBuilder()
                .setKey(shown)
                .setSignature(key.sign(JoinMessage.possession(federation, member, shown)))
                .build();
    }

    /** A member's next statement, appended. */
    void state(String member, TreeHead siteHead) throws VerificationException {
        append(member, statement(member, turn(member).nextSeq(), siteHead, statementKey(member)));
    }

    /** A log that does not look takes a statement of a member for that seq, whatever else it holds. */
    void take(String member, long seq, TreeHead siteHead, SigningKey by) throws VerificationException {
        entries.add(statement(member, seq, siteHead, by).bytes());
    }

    SigningKey statementKey(String member) {
        return Objects.requireNonNull(members.get(member), member);
    }

    private SignedEnvelope statement(String member, long seq, TreeHead siteHead, SigningKey by)
            throws VerificationException {
        Header.Builder header = header(member, TreeHead.EMPTY).toBuilder().setSeq(seq);
        if (!siteHead.isEmpty()) {
            header.setSiteHead(siteHead.toProto());
        }
        return EnvelopeSigner.sign(
                Progress.newBuilder()
                        .setHeader(header)
                        .setRound(Hashing.sha256(ByteString.copyFromUtf8("entry " + size()))
                                .toByteString())
                        .setState(ProgressState.WAITING)
                        .build(),
                List.of(by));
    }

    /** Suspends a member that there is not, with a key that is not the aggregator's. */
    void suspendWithAForeignKey() throws VerificationException {
        Key key = Key.newBuilder()
                .setHeader(header("aggregator", TreeHead.EMPTY))
                .setSuspend(Suspend.newBuilder().setMember("nobody"))
                .build();
        append("aggregator", EnvelopeSigner.sign(key, List.of(SigningKey.generate(RANDOM))));
    }

    long policy(int k, int f, String... names) throws VerificationException {
        Policy.Builder policy = Policy.newBuilder()
                .setHeader(header("root", TreeHead.EMPTY))
                .setK(k)
                .setF(f);
        for (String name : names) {
            policy.addWitnesses(Witness.newBuilder()
                    .setName(name)
                    .setOrganisation("org " + name)
                    .setKey(witness(name).verifyingKey().toProto()));
        }
        append("root", EnvelopeSigner.sign(policy.build(), List.of(root)));
        return entries.size() - 1L;
    }

    List<Digest> leaves(long size) {
        return entries.stream().limit(size).map(MerkleMath::leafHash).toList();
    }

    TreeHead head() {
        return head(size());
    }

    TreeHead head(long size) {
        return MerkleMath.head(leaves(size));
    }

    ByteString note(long size) {
        return Checkpoint.sign(new Checkpoint(ORIGIN, head(size)), signer);
    }

    ByteString note() {
        return note(size());
    }

    List<ByteString> consistency(long from, long to) {
        return ConsistencyProof.prove(MerkleMath.reader(leaves(to)), from, to).toProto();
    }

    CheckpointUpdate update(long from) {
        return CheckpointUpdate.newBuilder()
                .setNote(note())
                .setOldSize(from)
                .addAllConsistency(consistency(from, size()))
                .build();
    }

    AddCheckpoint ask(long old) {
        return AddCheckpoint.newBuilder()
                .setOldSize(old)
                .setNote(note())
                .addAllConsistency(consistency(old, size()))
                .build();
    }

    ByteString cosigned(long size, String... names) throws VerificationException {
        List<NoteSignature> lines = new ArrayList<>();
        for (String name : names) {
            lines.add(Cosignature.sign(new Checkpoint(ORIGIN, head(size)), name, witness(name), TIME)
                    .line());
        }
        return Note.parse(note(size)).with(lines).encode();
    }

    /** What an aggregator says of a size, with the policies at these indexes as news. */
    FinalCheckpoint.Builder finality(ByteString cosigned, long of, long... policies) {
        FinalCheckpoint.Builder claim = FinalCheckpoint.newBuilder()
                .setNote(cosigned)
                .setToSize(size())
                .addAllConsistency(consistency(of, size()));
        for (long index : policies) {
            claim.addPolicies(StatedPolicy.newBuilder()
                    .setIndex(index)
                    .setEntry(entries.get((int) index))
                    .addAllInclusion(InclusionProof.prove(MerkleMath.reader(leaves(size())), index, size())
                            .toProto()));
        }
        return claim;
    }
}
