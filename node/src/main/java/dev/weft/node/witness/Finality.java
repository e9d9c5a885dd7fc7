package dev.weft.node.witness;

import com.google.protobuf.ByteString;
import dev.weft.node.telemetry.SecurityEvent;
import dev.weft.node.telemetry.SecurityEvents;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.log.GroupCommit;
import dev.weft.proto.merkle.ConsistencyProof;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.merkle.MerkleMath;
import dev.weft.proto.merkle.TreeHead;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.Note;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.note.PolicySuccession;
import dev.weft.proto.standing.Standing;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.FinalCheckpoint;
import dev.weft.proto.v1.Policy;
import dev.weft.proto.v1.StatedPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/**
 * What is final, by this node's own verdict: root's policies proved to be in the log, and a checkpoint of the same log that
 * carries the cosignatures which the policy in force asks for. The aggregator hands these out; its word counts for nothing.
 * Safe for many threads.
 */
public final class Finality {
    private final Standing founding;
    private final List<NoteVerifier> logKeys;
    private final SharedLog sharedLog;
    private final GroupCommit writer;
    private final SecurityEvents events;
    private final WitnessStore store = new WitnessStore();
    private final PolicySuccession succession = new PolicySuccession();
    private Optional<ByteString> note = Optional.empty();
    private volatile long finalSize;

    /** What a person is told. */
    public record View(Optional<PolicySuccession.InForce> inForce, boolean stated, long finalSize) {
        /** One sentence. */
        public String sentence() {
            if (inForce.isEmpty()) {
                return stated
                        ? "a witness policy is stated and not in force yet: receipts are durable, none is final"
                        : "no witness policy: receipts are durable, none is called final";
            }
            return inForce.get()
                    .stated()
                    .policy()
                    .map(policy -> "final with " + policy.k() + " of " + policy.organisations()
                            + " organisations, by the policy at entry "
                            + inForce.get().stated().index() + ": entries below " + finalSize + " are final")
                    .orElse("the witness policy was withdrawn: what was final stays so, nothing more becomes it");
        }
    }

    /**
     * Takes up what was known when the node stopped.
     *
     * @param founding genesis alone
     */
    public Finality(
            Standing founding,
            List<NoteVerifier> logKeys,
            SharedLog sharedLog,
            GroupCommit writer,
            DataSource reads,
            SecurityEvents events)
            throws SQLException, VerificationException {
        this.founding = founding;
        this.logKeys = List.copyOf(logKeys);
        this.sharedLog = sharedLog;
        this.writer = writer;
        this.events = events;
        try (Connection connection = reads.getConnection()) {
            List<WitnessStore.PolicyRow> rows = store.policies(connection);
            for (WitnessStore.PolicyRow row : rows) {
                succession.state(row.index(), policy(EnvelopeOpener.open(row.entry())));
            }
            for (WitnessStore.PolicyRow row : rows) {
                if (row.note().isPresent()) {
                    see(row.note().get());
                }
            }
            note = store.finalNote(connection);
            if (note.isPresent()) {
                finalSize = see(note.get())
                        ? Checkpoint.open(note.get(), logKeys).head().size()
                        : 0;
            }
        }
    }

    /** Entries below this are final; 0 before any. */
    public long finalSize() {
        return finalSize;
    }

    /** The largest final checkpoint with its cosignatures. */
    public synchronized Optional<ByteString> note() {
        return note;
    }

    /** The largest final checkpoint as tools get it: the log's line and the first that make the quorum. */
    public synchronized Optional<ByteString> served() throws VerificationException {
        if (note.isEmpty()) {
            return Optional.empty();
        }
        Note whole = Note.parse(note.get());
        Note logs = new Note(
                whole.text(),
                whole.signatures().stream()
                        .filter(line -> line.name().equals(founding.origin()))
                        .toList());
        return Optional.of(
                logs.with(succession.quorum(whole.text(), whole.signatures())).encode());
    }

    public synchronized View view() {
        boolean stated =
                succession.inForce().isPresent() || !succession.waiting().isEmpty();
        return new View(succession.inForce(), stated, finalSize);
    }

    /** Takes a policy that this node found in its own copy of the log, so that none can be kept from it. */
    synchronized void stated(long index, ByteString entry, Policy policy) {
        commit(connection -> {
            store.state(connection, index, entry);
            return true;
        });
        succession.state(index, policy);
    }

    /** Verifies what the aggregator calls final and keeps it; a claim that does not hold is a security event. */
    void accept(FinalCheckpoint claim) throws VerificationException {
        try {
            verify(claim);
        } catch (VerificationException e) {
            events.raise(new SecurityEvent.FinalityRefused(e.reason().code(), e.getMessage()));
            throw e;
        }
    }

    private synchronized void verify(FinalCheckpoint claim) throws VerificationException {
        TreeHead to = sharedLog
                .headAt(claim.getToSize())
                .orElseThrow(() -> new VerificationException(
                        Reason.PROTOCOL, "It is proved against a checkpoint that was not sent on this stream."));
        List<OpenedEnvelope> policies = new ArrayList<>();
        for (StatedPolicy stated : claim.getPoliciesList()) {
            policies.add(proved(stated, to));
        }
        for (StatedPolicy stated : claim.getPoliciesList()) {
            if (!stated.getNote().isEmpty()) {
                leadsTo(stated.getNote(), to, stated.getConsistencyList());
            }
        }
        TreeHead head = leadsTo(claim.getNote(), to, claim.getConsistencyList());
        boolean wasFinal = take(claim, policies);
        if (!wasFinal) {
            throw new VerificationException(
                    Reason.QUORUM_MISSING,
                    "The checkpoint of size " + head.size() + " lacks cosignatures of the policy in force.");
        }
        if (head.size() > finalSize) {
            note = Optional.of(claim.getNote());
            finalSize = head.size();
        }
    }

    private OpenedEnvelope proved(StatedPolicy stated, TreeHead to) throws VerificationException {
        InclusionProof.parse(stated.getIndex(), to.size(), stated.getInclusionList())
                .verify(MerkleMath.leafHash(stated.getEntry()), to);
        OpenedEnvelope opened = EnvelopeOpener.open(stated.getEntry(), founding.limits());
        policy(opened);
        // The log's signature says that it stands there, root's that it is root's.
        opened.verify(founding.asOf(stated.getIndex()).requiredKeys(opened));
        return opened;
    }

    private static Policy policy(OpenedEnvelope opened) throws VerificationException {
        if (opened.statement().predicate().orElse(null) instanceof Policy policy) {
            return policy;
        }
        throw new VerificationException(Reason.POLICY_INVALID, "The entry is no witness policy.");
    }

    private TreeHead leadsTo(ByteString signed, TreeHead to, List<ByteString> path) throws VerificationException {
        Checkpoint checkpoint = Checkpoint.open(signed, logKeys);
        if (!checkpoint.origin().equals(founding.origin())) {
            throw new VerificationException(Reason.UNKNOWN_LOG, "The checkpoint is of another log.");
        }
        ConsistencyProof.parse(checkpoint.head().size(), to.size(), path).verify(checkpoint.head(), to);
        return checkpoint.head();
    }

    /** All of it is proved: policies first, then the checkpoints that moved them, then the one that is final. */
    private boolean take(FinalCheckpoint claim, List<OpenedEnvelope> policies) throws VerificationException {
        for (int i = 0; i < policies.size(); i++) {
            succession.state(claim.getPolicies(i).getIndex(), policy(policies.get(i)));
        }
        for (StatedPolicy stated : claim.getPoliciesList()) {
            if (!stated.getNote().isEmpty()) {
                see(stated.getNote());
            }
        }
        Optional<PolicySuccession.InForce> before = succession.inForce();
        boolean isFinal = see(claim.getNote());
        Optional<PolicySuccession.InForce> after = succession.inForce();
        long size = Checkpoint.open(claim.getNote(), logKeys).head().size();
        // A crash before this commit forgets what is final: it is told again on the next stream.
        commit(connection -> {
            for (StatedPolicy stated : claim.getPoliciesList()) {
                store.state(connection, stated.getIndex(), stated.getEntry());
                if (!stated.getNote().isEmpty()) {
                    store.inForce(connection, stated.getIndex(), stated.getNote());
                }
            }
            if (!after.equals(before) && after.isPresent()) {
                store.inForce(connection, after.get().stated().index(), claim.getNote());
            }
            if (isFinal && size > finalSize) {
                store.finalNote(connection, size, claim.getNote());
            }
            return true;
        });
        return isFinal;
    }

    private boolean see(ByteString cosigned) throws VerificationException {
        Note parsed = Note.parse(cosigned);
        return succession.see(Checkpoint.parse(parsed.text()).head().size(), parsed.text(), parsed.signatures());
    }

    private void commit(GroupCommit.Work<Boolean> work) {
        try {
            writer.submit(work).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the node's database cannot be written: " + e.getMessage(), e);
        }
    }
}
