package dev.weft.proto.statement;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Disclosure;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Evidence;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Key;
import dev.weft.proto.v1.LinkKey;
import dev.weft.proto.v1.Membership;
import dev.weft.proto.v1.Notice;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.Round;
import java.util.HexFormat;

/**
 * The {@code subject} of a statement: a function of its predicate, so that it can say nothing of its own. Each entry is
 * a digest set with one member, in the order given here:
 *
 * <ul>
 *   <li>contribution: the wire digest; evaluation, publication, revocation: the model or artifact; alias: old, new
 *   <li>round: register the input model, open and close-part the round, close the round and then the output model
 *   <li>progress: the round; notice: the revocation; disclosure: the statement asked about, or the request decided on
 *   <li>genesis: the CA certificate; membership: the invitation; evidence: both statements; linkkey: its check value
 *   <li>key, policy: the federation
 * </ul>
 *
 * <p>A public digest stands under its algorithm ({@code git-sha1} as in-toto's {@code gitCommit}), a commitment under
 * {@code weft-commitment-v1}, a linkable value under {@code weft-link-v1}, an id of a statement, a round or a federation
 * under {@code weft-statement-v1}. Under {@code sha256} stands only what is the SHA-256 of an artifact: tools match
 * subjects by it, and a commitment must never be taken for one.
 */
final class Subject {
    private static final String STATEMENT = "weft-statement-v1";
    private static final HexFormat HEX = HexFormat.of();

    private final JsonOut out;
    private boolean first = true;

    private Subject(JsonOut out) {
        this.out = out;
    }

    static void print(Message predicate, JsonOut out) {
        Subject subject = new Subject(out);
        out.raw('[');
        subject.of(predicate);
        out.raw(']');
    }

    private void of(Message predicate) {
        switch (PredicateType.of(predicate)) {
            case GENESIS -> entry("sha256", ((Genesis) predicate).getCaDigest());
            case MEMBERSHIP ->
                entry(
                        "sha256",
                        Hashing.sha256(((Membership) predicate).getInvitation().getInvitation())
                                .toByteString());
            case KEY -> federation(((Key) predicate).getHeader());
            case POLICY -> federation(((Policy) predicate).getHeader());
            case ROUND -> round((Round) predicate);
            case PROGRESS -> entry(STATEMENT, ((Progress) predicate).getRound());
            case CONTRIBUTION -> digest(((Contribution) predicate).getWireDigest());
            case EVALUATION -> artifact(((Evaluation) predicate).getModel());
            case PUBLICATION -> artifact(((Publication) predicate).getModel());
            case ALIAS -> {
                artifact(((Alias) predicate).getOld());
                artifact(((Alias) predicate).getNew());
            }
            case LINKKEY -> entry("weft-linkcheck-v1", ((LinkKey) predicate).getCheck());
            case REVOCATION -> artifact(((Revocation) predicate).getArtifact());
            case NOTICE -> entry(STATEMENT, ((Notice) predicate).getRevocation());
            case DISCLOSURE -> disclosure((Disclosure) predicate);
            case EVIDENCE -> {
                entry(STATEMENT, ((Evidence) predicate).getFirst());
                entry(STATEMENT, ((Evidence) predicate).getSecond());
            }
        }
    }

    private void round(Round round) {
        switch (round.getStepCase()) {
            case REGISTER -> artifact(round.getRegister().getInputModel());
            case OPEN -> entry(STATEMENT, round.getOpen().getRound());
            case CLOSE_PART -> entry(STATEMENT, round.getClosePart().getRound());
            case CLOSE -> {
                entry(STATEMENT, round.getClose().getRound());
                if (round.getClose().hasOutputModel()) {
                    artifact(round.getClose().getOutputModel());
                }
            }
            case STEP_NOT_SET -> federation(round.getHeader());
        }
    }

    private void disclosure(Disclosure disclosure) {
        switch (disclosure.getStepCase()) {
            case REQUEST -> entry(STATEMENT, disclosure.getRequest().getStatement());
            case DECISION -> entry(STATEMENT, disclosure.getDecision().getRequest());
            case STEP_NOT_SET -> federation(disclosure.getHeader());
        }
    }

    private void federation(Header header) {
        entry(STATEMENT, header.getFederation());
    }

    private void artifact(ArtifactRef artifact) {
        switch (artifact.getIdentityCase()) {
            case DIGEST -> digest(artifact.getDigest());
            case LINKABLE -> entry("weft-link-v1", artifact.getLinkable());
            case COMMITMENT -> entry("weft-commitment-v1", artifact.getCommitment());
            case IDENTITY_NOT_SET -> entry("weft-commitment-v1", ByteString.EMPTY);
        }
    }

    /** Of a digest string. One without a colon is refused by the rules for its field. */
    private void digest(String digest) {
        int colon = Math.max(0, digest.indexOf(':'));
        String algorithm = digest.substring(0, colon);
        entry(
                algorithm.equals("git-sha1") ? "gitCommit" : algorithm,
                digest.substring(Math.min(digest.length(), colon + 1)));
    }

    private void entry(String algorithm, ByteString value) {
        entry(algorithm, HEX.formatHex(value.toByteArray()));
    }

    private void entry(String algorithm, String hex) {
        if (!first) {
            out.raw(',');
        }
        first = false;
        out.raw("{\"digest\":{").string(algorithm).raw(':').string(hex).raw("}}");
    }
}
