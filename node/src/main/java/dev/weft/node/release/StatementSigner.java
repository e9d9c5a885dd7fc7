package dev.weft.node.release;

import com.google.protobuf.Message;
import dev.weft.node.db.NodeAnchor;
import dev.weft.node.deliver.Outbox;
import dev.weft.node.record.Transaction;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.Signatory;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.statement.AuthorState;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.EnvelopeSigner;
import dev.weft.proto.statement.IntakeRule;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.statement.SignedEnvelope;
import dev.weft.proto.v1.Header;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/**
 * Fills the header, signs, checks what the aggregator will check, and queues it: in the caller's transaction, so that a
 * statement is signed for a seq once or, after a rollback, was never seen by anybody.
 */
final class StatementSigner {

    private final Author author;
    private final Outbox outbox;
    private final NodeAnchor anchor;
    private final SharedLogSeen seen;
    private final InstantSource clock;

    StatementSigner(Author author, Outbox outbox, NodeAnchor anchor, SharedLogSeen seen, InstantSource clock) {
        this.author = author;
        this.outbox = outbox;
        this.anchor = anchor;
        this.seen = seen;
        this.clock = clock;
    }

    /** Signs a predicate that has no header yet; gives the statement's id. */
    Digest sign(Transaction transaction, Message body, List<Opening> openings)
            throws SQLException, VerificationException {
        anchor.requireSigning();
        Connection connection = transaction.connection();
        AuthorState state = outbox.authorState(connection);
        List<Digest> siteProof = transaction.siteProof(state.siteHead().size());
        Header header = header(state, transaction.siteHead(), seen.seen(connection));
        SignedEnvelope signed = EnvelopeSigner.sign(withHeader(body, header), author.signatories());
        OpenedEnvelope opened = EnvelopeOpener.open(signed.bytes(), author.limits());
        opened.verify(author.signatories().stream().map(Signatory::verifyingKey).toList());
        IntakeRule.check(opened, state, author.federation(), author.audience(), siteProof);
        outbox.append(connection, signed, siteProof, openings);
        anchor.signing();
        return signed.statement().id();
    }

    private Header header(AuthorState state, TreeHead siteHead, TreeHead seenHead) {
        Header.Builder header = Header.newBuilder()
                .setFederation(author.federation().toByteString())
                .setAudience(author.audience())
                .setAuthor(author.name().value())
                .setIncarnation(state.incarnation())
                .setSeq(state.nextSeq())
                .setPrev(state.prev().toByteString())
                .setSiteHead(siteHead.toProto())
                .setRecordedAt(WireTime.print(clock.instant()));
        if (!seenHead.isEmpty()) {
            header.setSeen(seenHead.toProto());
        }
        return header.build();
    }

    private static Message withHeader(Message body, Header header) {
        return body.toBuilder()
                .setField(body.getDescriptorForType().findFieldByNumber(1), header)
                .build();
    }
}
