package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.node.db.NodeDatabase;
import dev.weft.node.deliver.LogMoveStore;
import dev.weft.node.deliver.MutualTls;
import dev.weft.node.deliver.Outbox;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.MlDsaSigningKey;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.FoundingEntry;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The one membership of a node's directory. Immutable; a renewed certificate gives another one. */
public final class NodeIdentity {

    private final Enrolled enrolled;
    private final Standing founding;
    private final Invitation invitation;
    private final KeyHistory history;
    private final NodeKeys keys;
    private final TlsKey shown;
    private final List<X509Certificate> chain;

    private NodeIdentity(
            Enrolled enrolled, KeyHistory history, NodeKeys keys, TlsKey shown, List<X509Certificate> chain)
            throws VerificationException {
        this.enrolled = enrolled;
        this.founding = enrolled.founding();
        this.invitation = enrolled.invitation();
        this.history = history;
        this.keys = keys;
        this.shown = shown;
        this.chain = List.copyOf(chain);
    }

    private static NodeIdentity of(
            NodeDirectory files, Enrolled enrolled, KeyHistory history, List<X509Certificate> chain)
            throws IOException, VerificationException {
        if (chain.size() < 2) {
            throw new VerificationException(
                    Reason.BAD_CERTIFICATE, "keys/tls.crt lacks the certificate or its CA; restore it from a copy.");
        }
        NodeKeys keys = NodeKeys.of(files, history.inForce());
        // After a change of the TLS key the old pair is shown until there is a certificate for the new one.
        Optional<PublicKey> certified = Certificates.publicKey(chain.get(0));
        TlsKey shown = certified.isPresent() ? NodeKeys.tls(files, certified.get()) : keys.tls();
        return new NodeIdentity(enrolled, history, keys, shown, chain);
    }

    /** The identity of a membership that was just proved. */
    static NodeIdentity joined(NodeDirectory files, Enrolled enrolled, List<X509Certificate> chain)
            throws IOException, VerificationException {
        return of(files, enrolled, KeyHistory.of(enrolled, List.of()), chain);
    }

    /**
     * Reads the membership of a directory: what joining proved, and the changes of keys that were stated since.
     *
     * @throws VerificationException {@link Reason#NOT_ENROLLED} where it has none, {@link Reason#INSECURE_FILE} where
     *     others may read its keys, or what is wrong with a file
     */
    public static NodeIdentity load(Path directory) throws IOException, VerificationException {
        NodeDirectory files = new NodeDirectory(directory);
        if (!Files.exists(files.identity())) {
            throw new VerificationException(
                    Reason.NOT_ENROLLED, directory + " has not joined a federation; run: weft-node join INVITATION");
        }
        Enrolled enrolled = Enrolled.fromJson(Files.readString(files.identity()));
        return of(
                files,
                enrolled,
                KeyHistory.of(enrolled, changes(directory)),
                Certificates.fromPem(Files.readString(files.certificates())));
    }

    private static List<ByteString> changes(Path directory) throws IOException {
        try (Connection connection = NodeDatabase.look(directory).orElse(null)) {
            return connection == null ? List.of() : Outbox.keyChanges(connection);
        } catch (SQLException e) {
            throw new IOException("the node's database cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Brings the keys in force to their place, over the ones before. Whoever calls it holds the directory. A crash in here
     * leaves some of them beside it, where {@link #load} finds them.
     */
    public void install(Path directory) throws IOException, VerificationException {
        new NextKeys(new NodeDirectory(directory)).install(history, shown.toProto());
    }

    /** Id of the federation. */
    public Digest federation() {
        return founding.federation();
    }

    public String federationName() {
        return founding.name();
    }

    public MemberName name() {
        return new MemberName(invitation.getMember());
    }

    /** As the invitation gave it. */
    public Role role() {
        return invitation.getRole();
    }

    public String organisation() {
        return invitation.getOrganisation();
    }

    /** Origin of the shared log: the audience of every statement. */
    public String origin() {
        return founding.origin();
    }

    /** What genesis fixes, with no member in it; a copy that may be changed. */
    public Standing founding() {
        return founding.copy();
    }

    /** Entry 0 of the shared log, as it stands there. */
    public ByteString genesis() {
        return enrolled.genesis().bytes();
    }

    /** Root's statement that requires second signatures, where it was taken up; genesis may require them itself. */
    public Optional<FoundingEntry> requirement() {
        return enrolled.required();
    }

    /** Verifiers of the shared log's checkpoints. */
    public List<NoteVerifier> logKeys() {
        return founding.logVerifiers();
    }

    /** Statement id of the membership entry: {@code prev} of the first statement. */
    public Digest membership() {
        return enrolled.membership().statement().id();
    }

    /** Log index of the membership entry. */
    public long membershipIndex() {
        return enrolled.index();
    }

    /** Raised by each rollover, from 0. */
    public int incarnation() {
        return history.incarnation();
    }

    /** Where this membership stood before its first statement in this incarnation. */
    public AuthorState opening() {
        return new AuthorState(incarnation(), 0, membership(), TreeHead.EMPTY);
    }

    /** Where the shared log goes on under another origin, if it does. */
    Optional<LogMoveStore.Move> lastMove() throws VerificationException {
        return enrolled.lastMove();
    }

    /** The origin that the last continuation left behind; empty for the first one. */
    String originBefore() throws VerificationException {
        List<Enrolled.Moved> moved = enrolled.moved();
        return moved.size() < 2
                ? ""
                : enrolled.with(moved.subList(0, moved.size() - 1)).founding().origin();
    }

    /** Which keys there were, and since when. */
    public KeyHistory keyHistory() {
        return history;
    }

    /** Whether the certificate is for another TLS key than the one in force: a new one is due. */
    public boolean certificateOutdated() {
        return !shown.toProto().equals(keys.tls().toProto());
    }

    /** The signed note under which the membership was proved. */
    public ByteString joinCheckpoint() {
        return enrolled.checkpoint();
    }

    /** host:port of the aggregator's gRPC listener, in order of preference. */
    public List<String> addresses() {
        return enrolled.addresses();
    }

    public SigningKey statementKey() {
        return keys.statement();
    }

    /** Whether root requires second signatures and this member has no key to make them with: it may sign nothing. */
    public boolean lacksSecond() {
        return founding.requirement().isPresent() && keys.second().isEmpty();
    }

    /** The second key, where every statement needs its signature. */
    public Optional<MlDsaSigningKey> requiredSecondKey() {
        return founding.requirement().isPresent() ? keys.second() : Optional.empty();
    }

    /** The second key, where this member has enrolled one. */
    public Optional<MlDsaSigningKey> secondKey() {
        return keys.second();
    }

    public SigningKey witnessKey() {
        return keys.witness();
    }

    public HpkeKey hpkeKey() {
        return keys.hpke();
    }

    public TlsKey tlsKey() {
        return keys.tls();
    }

    /** Leaf first, CA last. */
    public List<X509Certificate> certificateChain() {
        return chain;
    }

    /** The federation's CA. */
    public X509Certificate caCertificate() {
        return chain.get(chain.size() - 1);
    }

    /** What the node shows on a connection, and whom it trusts. */
    public MutualTls.Credentials credentials() {
        return new MutualTls.Credentials(shown.keyPair().getPrivate(), chain, caCertificate());
    }

    /** With a certificate for the TLS key in force. */
    NodeIdentity with(List<X509Certificate> renewed) throws VerificationException {
        return new NodeIdentity(enrolled, history, keys, keys.tls(), renewed);
    }

    @Override
    public String toString() {
        return name() + " of federation " + federationName();
    }
}
