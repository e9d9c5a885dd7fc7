package dev.weft.it.relay;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.weft.it.relay.Relayed.Direction;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.VerifyingKey;
import dev.weft.proto.log.Receipt;
import dev.weft.proto.merkle.InclusionProof;
import dev.weft.proto.note.Checkpoint;
import dev.weft.proto.note.NoteVerifier;
import dev.weft.proto.statement.EnvelopeOpener;
import dev.weft.proto.statement.OpenedEnvelope;
import dev.weft.proto.v1.AggregatorMessage;
import dev.weft.proto.v1.CheckpointUpdate;
import dev.weft.proto.v1.Genesis;
import dev.weft.proto.v1.JoinResponse;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.PublicKey;
import dev.weft.proto.v1.ReceiptProof;
import dev.weft.proto.v1.Receipts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a recording says in the protocol's own words: statements that went up, receipts that came down. */
public final class Wire {

    private static final String CONNECT = "weft.v1.Exchange/Connect";
    private static final String JOIN = "weft.v1.Enrolment/Join";

    private final List<NoteVerifier> log;
    private final Map<String, OpenedEnvelope> statements = new HashMap<>();
    private final Map<String, Map<Long, OpenedEnvelope>> bySeq = new HashMap<>();
    private final Map<Long, ByteString> checkpoints = new HashMap<>();
    private final Map<String, Long> indexes = new HashMap<>();

    private Wire(List<NoteVerifier> log) {
        this.log = log;
    }

    /**
     * Reads a recording, and verifies every receipt in it against the log key of the genesis that the first newcomer was
     * shown.
     *
     * @throws VerificationException where a receipt does not verify
     */
    public static Wire read(Recording recording) throws VerificationException {
        try {
            Wire wire = new Wire(logKeys(recording));
            for (Relayed up : recording.messages(CONNECT, Direction.UP)) {
                NodeMessage message = NodeMessage.parseFrom(up.bytes());
                if (message.hasSubmission()) {
                    wire.submitted(up.member(), message.getSubmission().getEnvelope());
                }
            }
            for (Relayed down : recording.messages(CONNECT, Direction.DOWN)) {
                wire.came(down.member(), AggregatorMessage.parseFrom(down.bytes()));
            }
            return wire;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("not the protocol", e);
        }
    }

    /** The keys that sign the log's checkpoints, from genesis. */
    public List<NoteVerifier> log() {
        return List.copyOf(log);
    }

    /** The statement of that id, as its author sent it. */
    public Optional<OpenedEnvelope> statement(String id) {
        return Optional.ofNullable(statements.get(id));
    }

    /** Where the log has it, by a receipt that verified. */
    public Optional<Long> index(String id) {
        return Optional.ofNullable(indexes.get(id));
    }

    /** Log indexes of the round's register and of every statement that names it, in order. */
    public List<Long> ofRound(String id) {
        ByteString round = ByteString.copyFrom(HexFormat.of().parseHex(id));
        List<Long> found = new ArrayList<>();
        statements.forEach((statement, opened) -> {
            boolean names = opened.statement()
                    .predicate()
                    .map(predicate -> round(predicate).equals(round))
                    .orElse(false);
            if (names || statement.equals(id)) {
                index(statement).ifPresent(found::add);
            }
        });
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** The round that a predicate names, whichever it is: in a field of its own or in that of its one step. */
    private static ByteString round(Message predicate) {
        for (Map.Entry<FieldDescriptor, Object> field : predicate.getAllFields().entrySet()) {
            if (field.getKey().getName().equals("round") && field.getValue() instanceof ByteString round) {
                return round;
            }
            if (field.getKey().getContainingOneof() != null && field.getValue() instanceof Message step) {
                return round(step);
            }
        }
        return ByteString.EMPTY;
    }

    /** Statements with a receipt that verified. */
    public int receipts() {
        return indexes.size();
    }

    /** Statements that went up. */
    public int submitted() {
        return statements.size();
    }

    private void submitted(String member, ByteString envelope) throws VerificationException {
        OpenedEnvelope opened = EnvelopeOpener.open(envelope);
        statements.put(opened.statement().id().hex(), opened);
        bySeq.computeIfAbsent(member, name -> new HashMap<>())
                .put(opened.statement().header().getSeq(), opened);
    }

    private void came(String member, AggregatorMessage message) throws VerificationException {
        if (message.hasCheckpoint()) {
            CheckpointUpdate update = message.getCheckpoint();
            checkpoints.put(Checkpoint.open(update.getNote(), log).head().size(), update.getNote());
        }
        if (message.hasReceipts()) {
            for (ReceiptProof proof : message.getReceipts().getReceiptsList()) {
                receipt(member, message.getReceipts(), proof);
            }
        }
    }

    private void receipt(String member, Receipts receipts, ReceiptProof proof) throws VerificationException {
        OpenedEnvelope opened = bySeq.getOrDefault(member, Map.of()).get(proof.getSeq());
        ByteString note = checkpoints.get(receipts.getSize());
        if (opened == null || note == null) {
            throw new IllegalStateException("a receipt of " + member + " for seq " + proof.getSeq()
                    + " refers to a statement or checkpoint that did not pass");
        }
        InclusionProof inclusion = InclusionProof.parse(proof.getIndex(), receipts.getSize(), proof.getInclusionList());
        new Receipt(proof.getIndex(), inclusion, note).verify(opened.bytes(), log);
        indexes.put(opened.statement().id().hex(), proof.getIndex());
    }

    private static List<NoteVerifier> logKeys(Recording recording)
            throws VerificationException, InvalidProtocolBufferException {
        JoinResponse joined = JoinResponse.parseFrom(
                recording.messages(JOIN, Direction.DOWN).get(0).bytes());
        OpenedEnvelope opened = EnvelopeOpener.open(joined.getGenesis());
        Genesis genesis = (Genesis) opened.statement().predicate().orElseThrow();
        List<NoteVerifier> keys = new ArrayList<>();
        for (PublicKey key : genesis.getLogKeysList()) {
            keys.add(NoteVerifier.ed25519(genesis.getLogOrigin(), VerifyingKey.of(key)));
        }
        return keys;
    }

    /** Id of the federation: that of its genesis. */
    public static Digest federation(Recording recording) throws VerificationException, InvalidProtocolBufferException {
        JoinResponse joined = JoinResponse.parseFrom(
                recording.messages(JOIN, Direction.DOWN).get(0).bytes());
        return EnvelopeOpener.open(joined.getGenesis()).statement().id();
    }
}
