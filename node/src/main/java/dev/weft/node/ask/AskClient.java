package dev.weft.node.ask;

import com.google.protobuf.ByteString;
import dev.weft.node.deliver.Peer;
import dev.weft.node.deliver.StreamFailure;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.node.witness.SharedLog;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.v1.Answer;
import dev.weft.proto.v1.AnswerHead;
import dev.weft.proto.v1.LineageGrpc;
import dev.weft.proto.v1.ProvenEntry;
import dev.weft.proto.v1.Question;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Puts a question to the aggregator over the node's own connection and checks what comes back. */
public final class AskClient {
    private static final Metadata.Key<String> REASON = Metadata.Key.of("weft-reason", Metadata.ASCII_STRING_MARSHALLER);
    /** Parts of one answer that are read at most; a page is 10,000 vertices with their edges and entries. */
    private static final int MAX_PARTS = 200_000;

    private final Peer peer;
    private final SharedLog sharedLog;
    private final Digest federation;
    private final SecurityEvents events;
    private final Duration patience;

    /**
     * Asks nothing yet.
     *
     * @param patience how long an answer may take as a whole
     */
    public AskClient(Peer peer, SharedLog sharedLog, Digest federation, SecurityEvents events, Duration patience) {
        this.peer = peer;
        this.sharedLog = sharedLog;
        this.federation = federation;
        this.events = events;
        this.patience = patience;
    }

    /**
     * Asks once. An answer that does not hold is returned with the sentence that says why, and raised as an event.
     *
     * @throws AskException where there is no answer
     */
    public CheckedAnswer ask(Question question) throws AskException {
        TreeHead held = sharedLog.held();
        Question put = question.toBuilder().setSeenSize(held.size()).build();
        List<Answer> answers = collect(put);
        int entries = 0;
        long size = 0;
        try {
            TreeHead head = head(answers, held);
            size = head.size();
            Evidence evidence = new Evidence();
            for (Answer answer : answers) {
                if (answer.hasEntry()) {
                    included(answer.getEntry(), head);
                    evidence.add(answer.getEntry().getIndex(), answer.getEntry().getEnvelope());
                    entries++;
                }
            }
            if (question.getProof()) {
                GraphCheck.check(answers, evidence);
            }
        } catch (VerificationException e) {
            events.raise(new SecurityEvent.AnswerRefused(e.reason().code(), e.getMessage()));
            return new CheckedAnswer(answers, entries, size, false, e.getMessage());
        }
        return new CheckedAnswer(answers, entries, size, true, sentence(entries, size));
    }

    private static String sentence(int entries, long size) {
        return "the checkpoint of size " + size + " is signed and extends what this node has seen"
                + (entries == 0
                        ? "; no entries were asked for"
                        : "; all " + entries + " entries are included in it, and say what is told, by whom it is told");
    }

    private TreeHead head(List<Answer> answers, TreeHead held) throws VerificationException {
        if (answers.isEmpty() || !answers.get(0).hasHead()) {
            throw new VerificationException(
                    Reason.PROTOCOL, "The answer does not begin with its checkpoint; ask the aggregator's operator.");
        }
        AnswerHead head = answers.get(0).getHead();
        if (!head.getFederation().equals(federation.toByteString())) {
            throw new VerificationException(
                    Reason.WRONG_FEDERATION, "The answer is about another federation; check the aggregator's address.");
        }
        if (!answers.get(answers.size() - 1).hasEnd()) {
            throw new VerificationException(Reason.PROTOCOL, "The answer has no end; ask again.");
        }
        return sharedLog.check(head.getCheckpoint(), held, head.getConsistencyList());
    }

    private static void included(ProvenEntry entry, TreeHead head) throws VerificationException {
        ByteString envelope = entry.getEnvelope();
        InclusionProof.parse(entry.getIndex(), head.size(), entry.getInclusionList())
                .verify(MerkleMath.leafHash(envelope), head);
    }

    private List<Answer> collect(Question question) throws AskException {
        try {
            Iterator<Answer> stream = LineageGrpc.newBlockingStub(peer.channel())
                    .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .ask(question);
            List<Answer> answers = new ArrayList<>();
            while (stream.hasNext()) {
                answers.add(stream.next());
                if (answers.size() > MAX_PARTS) {
                    throw new AskException(false, Reason.FLOOD.code(), "the answer has no end; ask for a smaller page");
                }
            }
            return RoundParts.joined(answers);
        } catch (StatusRuntimeException e) {
            throw refused(e);
        }
    }

    private AskException refused(StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
            return new AskException(
                    true,
                    Reason.UNAVAILABLE.code(),
                    StreamFailure.describe(e.getStatus(), peer.address()) + "; ask again when it answers");
        }
        String said = Optional.ofNullable(e.getStatus().getDescription()).orElse("no reason given");
        String reason = Optional.ofNullable(e.getTrailers())
                .flatMap(trailers -> Optional.ofNullable(trailers.get(REASON)))
                .orElse(code == Status.Code.NOT_FOUND ? Reason.NOT_FOUND.code() : Reason.INTERNAL.code());
        return new AskException(false, reason, said);
    }
}
