package dev.weft.node.join;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.MutualTls;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Certificates;
import dev.weft.proto.identity.HpkeKey;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.identity.SigningKey;
import dev.weft.proto.identity.TlsKey;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.v1.Invitation;
import dev.weft.proto.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** The one membership of a node's directory. Immutable; a renewed certificate gives another one. */
public final class NodeIdentity {

    private final Enrolled enrolled;
    private final Standing founding;
    private final Invitation invitation;
    private final NodeKeys keys;
    private final List<X509Certificate> chain;

    private NodeIdentity(Enrolled enrolled, NodeKeys keys, List<X509Certificate> chain) throws VerificationException {
        this.enrolled = enrolled;
        this.founding = enrolled.founding();
        this.invitation = enrolled.invitation();
        this.keys = keys;
        this.chain = List.copyOf(chain);
    }

    static NodeIdentity of(Enrolled enrolled, NodeKeys keys, List<X509Certificate> chain) throws VerificationException {
        NodeIdentity identity = new NodeIdentity(enrolled, keys, chain);
        if (!enrolled.entry()
                .getKeys()
                .getStatement()
                .equals(keys.statement().verifyingKey().toProto())) {
            throw new VerificationException(
                    Reason.BAD_KEY, "The statement key is not the one that was enrolled; restore keys/ from a copy.");
        }
        if (chain.size() < 2) {
            throw new VerificationException(
                    Reason.BAD_CERTIFICATE, "keys/tls.crt lacks the certificate or its CA; restore it from a copy.");
        }
        return identity;
    }

    /**
     * Reads the membership of a directory.
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
        return of(
                Enrolled.fromJson(Files.readString(files.identity())),
                NodeKeys.load(files.keys()),
                Certificates.fromPem(Files.readString(files.certificates())));
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

    /** Verifiers of the shared log's checkpoints. */
    public List<NoteVerifier> logKeys() {
        return LogKeys.of(founding);
    }

    /** Statement id of the membership entry: {@code prev} of the first statement. */
    public Digest membership() {
        return enrolled.membership().statement().id();
    }

    /** Log index of the membership entry. */
    public long membershipIndex() {
        return enrolled.index();
    }

    public int incarnation() {
        return enrolled.incarnation();
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
        return new MutualTls.Credentials(keys.tls().keyPair().getPrivate(), chain, caCertificate());
    }

    NodeIdentity with(List<X509Certificate> renewed) throws VerificationException {
        return of(enrolled, keys, renewed);
    }

    @Override
    public String toString() {
        return name() + " of federation " + federationName();
    }
}
