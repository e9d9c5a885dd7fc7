package dev.weft.it.load;

import com.google.protobuf.Message;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Submission;
import java.time.InstantSource;
import java.util.List;

/** Signs what one member says, ahead of the run: each statement follows the one before. Not for two threads. */
final class Scribe {
    /** Records that a site keeps for one contribution: a run, a model, an evaluation, its metrics, an event. */
    private static final int RECORDS = 5;

    private final Seated member;
    private final InstantSource clock;
    private final TreeHead seen;
    private final SiteTree site = new SiteTree();
    private AuthorState state;
    private long made;

    Scribe(Seated member, TreeHead seen, InstantSource clock) {
        this.member = member;
        this.clock = clock;
        this.seen = seen;
        this.state = AuthorState.opened(member.membership());
    }

    /** A statement that grows no site log. */
    Prepared say(Message body) throws VerificationException {
        return sign(body, List.of());
    }

    /** The site's part in a round: prepared before, trained and evaluated for it. */
    Prepared contribute(Digest round, String inputModel) throws VerificationException {
        long before = site.head().size();
        for (int i = 0; i < RECORDS; i++) {
            site.append(Specimen.hash("leaf " + before + i));
        }
        long n = made++;
        List<Digest> proof = before == 0 ? List.of() : site.proof(before);
        return sign(Specimen.contribution(member.name(), n, round, inputModel).build(), proof);
    }

    private Prepared sign(Message body, List<Digest> proof) throws VerificationException {
        Header.Builder header = Header.newBuilder()
                .setFederation(member.federation().toByteString())
                .setAudience(member.origin())
                .setAuthor(member.name())
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setRecordedAt(WireTime.print(clock.instant()));
        if (!site.head().isEmpty()) {
            header.setSiteHead(site.head().toProto());
        }
        if (!seen.isEmpty()) {
            header.setSeen(seen.toProto());
        }
        Message predicate = body.toBuilder()
                .setField(body.getDescriptorForType().findFieldByNumber(1), header.build())
                .build();
        SignedEnvelope signed = EnvelopeSigner.sign(predicate, List.of(member.statement()));
        Submission.Builder submission =
                Submission.newBuilder().setEnvelope(signed.bytes()).setSeq(state.nextSeq());
        proof.forEach(hash -> submission.addSiteProof(hash.toByteString()));
        long seq = state.nextSeq();
        state = IntakeRule.after(signed.statement());
        return new Prepared(
                seq,
                signed.statement().id(),
                MerkleMath.leafHash(signed.bytes()),
                NodeMessage.newBuilder().setSubmission(submission).build());
    }
}
