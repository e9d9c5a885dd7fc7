package dev.weft.proto.statement;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.ArtifactKind;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.Limits;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Received;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import java.util.HashSet;
import java.util.Set;

/** The form of the statements about a training round. */
final class RoundRules {
    private static final int MAX_PARTS = 1_000;

    private RoundRules() {}

    static void round(Round round, Limits limits) throws VerificationException {
        switch (round.getStepCase()) {
            case REGISTER -> register(round.getRegister());
            case OPEN -> open(round.getOpen(), limits);
            case CLOSE_PART -> closePart(round.getClosePart(), limits);
            case CLOSE -> close(round.getClose());
            case STEP_NOT_SET -> FieldRules.present(false, "step");
        }
    }

    private static void register(Register register) throws VerificationException {
        FieldRules.name(register.getTrainingLine(), "register.trainingLine");
        FieldRules.value(register.getNumber() >= 1, "register.number", "must be 1 to 2^31 - 1");
        FieldRules.optionalHash(register.getPredecessor(), "register.predecessor");
        FieldRules.present(register.hasProtocol(), "register.protocol");
        protocol(register.getProtocol());
        ArtifactRules.ref(
                register.hasInputModel(), register.getInputModel(), ArtifactKind.MODEL, "register.inputModel");
        if (!register.getDeadline().isEmpty()) {
            FieldRules.time(register.getDeadline(), "register.deadline");
        }
    }

    private static void protocol(TrainingProtocol protocol) throws VerificationException {
        for (String digest : new String[] {
            protocol.getCode(), protocol.getEnvironment(), protocol.getPreprocessing(), protocol.getHyperParameters()
        }) {
            if (!digest.isEmpty()) {
                FieldRules.digest(digest, "register.protocol");
            }
        }
        FieldRules.optionalName(protocol.getAggregation(), "register.protocol.aggregation");
    }

    private static void open(Open open, Limits limits) throws VerificationException {
        FieldRules.hash(open.getRound(), "open.round");
        FieldRules.count(open.getExpectedList(), 1, limits.getMaxMembers(), "open.expected");
        String last = "";
        for (String member : open.getExpectedList()) {
            FieldRules.member(member, "open.expected");
            FieldRules.value(last.compareTo(member) < 0, "open.expected", "must be sorted, each member once");
            last = member;
        }
    }

    private static void closePart(ClosePart part, Limits limits) throws VerificationException {
        FieldRules.hash(part.getRound(), "closePart.round");
        FieldRules.value(
                part.getPart() >= 0 && part.getPart() < MAX_PARTS, "closePart.part", "must be below " + MAX_PARTS);
        FieldRules.count(part.getReceivedList(), 1, limits.getMaxClosePart(), "closePart.received");
        Set<String> members = new HashSet<>();
        for (Received received : part.getReceivedList()) {
            received(received);
            if (!members.add(received.getMember())) {
                throw new VerificationException(
                        Reason.DUPLICATE, "'" + received.getMember() + "' stands twice in one close part; keep one.");
            }
        }
    }

    private static void received(Received received) throws VerificationException {
        FieldRules.member(received.getMember(), "received.member");
        FieldRules.known(received.getVerdict(), "received.verdict");
        if (received.getVerdict() == Verdict.ACCEPTED) {
            FieldRules.value(received.getReason().isEmpty(), "received.reason", "is for rejected and dropped ones");
        } else {
            FieldRules.name(received.getReason(), "received.reason");
        }
        if (!received.getWireDigest().isEmpty() || received.getVerdict() != Verdict.DROPPED) {
            FieldRules.payloadDigest(received.getWireDigest(), "received.wireDigest");
        }
        FieldRules.optionalHash(received.getStatement(), "received.statement");
        FieldRules.optionalHash(received.getWeight(), "received.weight");
    }

    private static void close(Close close) throws VerificationException {
        FieldRules.hash(close.getRound(), "close.round");
        FieldRules.count(close.getPartsList(), 0, MAX_PARTS, "close.parts");
        for (var part : close.getPartsList()) {
            FieldRules.hash(part, "close.parts");
        }
        if (new HashSet<>(close.getPartsList()).size() < close.getPartsCount()) {
            throw new VerificationException(Reason.DUPLICATE, "A part stands twice in 'close.parts'; name it once.");
        }
        FieldRules.value(
                close.hasOutputModel() == close.getFailure().isEmpty(),
                "close",
                "needs an output model or a failure, and never both");
        if (close.hasOutputModel()) {
            ArtifactRules.ref(true, close.getOutputModel(), ArtifactKind.MODEL, "close.outputModel");
        }
        FieldRules.optionalName(close.getFailure(), "close.failure");
    }

    static void progress(Progress progress) throws VerificationException {
        FieldRules.hash(progress.getRound(), "round");
        FieldRules.known(progress.getState(), "state");
    }

    static void contribution(Contribution contribution) throws VerificationException {
        FieldRules.hash(contribution.getRound(), "round");
        FieldRules.optionalHash(contribution.getBaseRound(), "baseRound");
        ArtifactRules.ref(contribution.hasInputModel(), contribution.getInputModel(), ArtifactKind.MODEL, "inputModel");
        FieldRules.payloadDigest(contribution.getWireDigest(), "wireDigest");
        FieldRules.optionalHash(contribution.getUpdate(), "update");
        ArtifactRules.runs(contribution.getRunsList());
        ArtifactRules.privacy(contribution.getPrivacyList());
        ArtifactRules.summaries(contribution.getSummariesList());
    }

    static void evaluation(Evaluation evaluation) throws VerificationException {
        FieldRules.optionalHash(evaluation.getRound(), "round");
        ArtifactRules.ref(evaluation.hasModel(), evaluation.getModel(), ArtifactKind.MODEL, "model");
        ArtifactRules.runs(evaluation.getRunsList());
        ArtifactRules.summaries(evaluation.getSummariesList());
    }

    static void publication(Publication publication) throws VerificationException {
        FieldRules.hash(publication.getRound(), "round");
        ArtifactRules.ref(publication.hasModel(), publication.getModel(), ArtifactKind.MODEL, "model");
        FieldRules.name(publication.getVersion(), "version");
    }
}
