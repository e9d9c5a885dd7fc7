package dev.weft.node.release;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.RoundEvent;
import dev.weft.node.record.RoundEvent.Received;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.WireTime;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Close;
import dev.weft.proto.v1.ClosePart;
import dev.weft.proto.v1.Open;
import dev.weft.proto.v1.Progress;
import dev.weft.proto.v1.ProgressState;
import dev.weft.proto.v1.Publication;
import dev.weft.proto.v1.Register;
import dev.weft.proto.v1.Revocation;
import dev.weft.proto.v1.RevocationReason;
import dev.weft.proto.v1.Round;
import dev.weft.proto.v1.TrainingProtocol;
import dev.weft.proto.v1.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says in a predicate what policy lets out of a record. Round events and revocations say something; the rest stays. */
final class Summariser {

    private final ReleasePolicy policy;
    private final LinkingKeys keys;
    private final int partSize;

    /** {@code partSize}: received updates that one close part may list. */
    Summariser(ReleasePolicy policy, LinkingKeys keys, int partSize) {
        this.policy = policy;
        this.keys = keys;
        this.partSize = partSize;
    }

    static boolean concerns(LineageRecord record) {
        return record instanceof RoundEvent || record instanceof LineageRecord.Revocation;
    }

    /** What the record lets out, if policy lets out anything of it. */
    Optional<Summary> summarise(Connection connection, LineageRecord record, StoredRecord stored)
            throws SQLException, VerificationException {
        SiteSummary site = new SiteSummary(connection, policy, keys);
        if (record instanceof RoundEvent.Contribution contribution) {
            return Optional.of(site.contribution(contribution, stored));
        } else if (record instanceof RoundEvent.Evaluation evaluation) {
            return Optional.of(site.evaluation(evaluation, stored));
        } else if (record instanceof RoundEvent.Started started) {
            return progress(policy, started.round(), ProgressState.STARTED);
        } else if (record instanceof RoundEvent.Declined declined) {
            return progress(policy, declined.round(), ProgressState.DECLINED);
        } else if (record instanceof RoundEvent.Register register) {
            return Optional.of(Summary.of(register(register, stored)));
        } else if (record instanceof RoundEvent.Open open) {
            return Optional.of(Summary.of(open(open)));
        } else if (record instanceof RoundEvent.Close close) {
            return Optional.of(close(close, stored));
        } else if (record instanceof RoundEvent.Publication publication) {
            return Optional.of(Summary.of(publication(publication, stored)));
        } else if (record instanceof LineageRecord.Revocation revocation) {
            return revocation(connection, revocation, stored);
        }
        return Optional.empty();
    }

    /** The progress message, if policy tells that state. */
    static Optional<Summary> progress(ReleasePolicy policy, Digest round, ProgressState state) {
        return policy.tells(state)
                ? Optional.of(Summary.of(Progress.newBuilder()
                        .setRound(round.toByteString())
                        .setState(state)
                        .build()))
                : Optional.empty();
    }

    private ArtifactRef model(StoredRecord stored, String field, ContentDigest digest, Optional<Digest> from) {
        return References.model(policy, stored, field, digest, from);
    }

    private Message register(RoundEvent.Register event, StoredRecord stored) {
        Register.Builder register = Register.newBuilder()
                .setTrainingLine(event.trainingLine())
                .setNumber(event.number())
                .setProtocol(protocol(event.protocol()))
                .setInputModel(model(stored, "inputModel", event.inputModel(), event.inputFrom()));
        event.predecessor().ifPresent(round -> register.setPredecessor(round.toByteString()));
        event.deadline().ifPresent(time -> register.setDeadline(WireTime.print(time)));
        return Round.newBuilder().setRegister(register).build();
    }

    private static TrainingProtocol protocol(RoundEvent.Protocol protocol) {
        return TrainingProtocol.newBuilder()
                .setCode(text(protocol.code()))
                .setEnvironment(text(protocol.environment()))
                .setPreprocessing(text(protocol.preprocessing()))
                .setHyperParameters(text(protocol.hyperParameters()))
                .setAggregation(protocol.aggregation().orElse(""))
                .build();
    }

    private static String text(Optional<ContentDigest> digest) {
        return digest.map(ContentDigest::toString).orElse("");
    }

    private static Message open(RoundEvent.Open event) {
        return Round.newBuilder()
                .setOpen(Open.newBuilder()
                        .setRound(event.round().toByteString())
                        .addAllExpected(event.expected().stream()
                                .map(MemberName::value)
                                .sorted()
                                .toList()))
                .build();
    }

    private Summary close(RoundEvent.Close event, StoredRecord stored) {
        List<Summary.Body> bodies = new ArrayList<>();
        for (int first = 0; first < event.received().size(); first += partSize) {
            Message part = part(event, stored, first);
            bodies.add(earlier -> part);
        }
        bodies.add(earlier -> {
            Close.Builder close = Close.newBuilder()
                    .setRound(event.round().toByteString())
                    .setFailure(event.failure().orElse(""));
            earlier.forEach(part -> close.addParts(part.toByteString()));
            event.outputModel()
                    .ifPresent(digest -> close.setOutputModel(model(stored, "outputModel", digest, Optional.empty())));
            return Round.newBuilder().setClose(close).build();
        });
        return new Summary(PredicateType.ROUND, bodies, List.of());
    }

    private Message part(RoundEvent.Close event, StoredRecord stored, int first) {
        ClosePart.Builder part =
                ClosePart.newBuilder().setRound(event.round().toByteString()).setPart(first / partSize);
        int end = Math.min(first + partSize, event.received().size());
        for (int n = first; n < end; n++) {
            part.addReceived(received(event.received().get(n), n, stored));
        }
        return Round.newBuilder().setClosePart(part).build();
    }

    private static dev.weft.proto.v1.Received received(Received update, int n, StoredRecord stored) {
        return dev.weft.proto.v1.Received.newBuilder()
                .setMember(update.member().value())
                .setWireDigest(text(update.wireDigest()))
                .setArrival(n)
                .setVerdict(Verdict.valueOf(update.verdict().name()))
                .setReason(update.reason().orElse(""))
                .setStatement(update.statement().map(Digest::toByteString).orElse(ByteString.EMPTY))
                .setWeight(stored.body()
                        .field(RoundEvent.Close.weightField(n))
                        .map(field -> field.commitment().toByteString())
                        .orElse(ByteString.EMPTY))
                .build();
    }

    private Message publication(RoundEvent.Publication event, StoredRecord stored) {
        return Publication.newBuilder()
                .setRound(event.round().toByteString())
                .setModel(model(stored, "model", event.model(), Optional.empty()))
                .setVersion(event.version())
                .build();
    }

    private Optional<Summary> revocation(
            Connection connection, LineageRecord.Revocation revocation, StoredRecord stored)
            throws SQLException, VerificationException {
        long id = stored.targets("artifact").get(0);
        StoredRecord artifact = RecordQuery.find(connection, id).orElseThrow();
        if (!artifact.kind().hasNameOutside()) {
            throw new VerificationException(
                    Reason.UNKNOWN_REFERENCE,
                    "\"artifact\" names record %d, a %s, which nobody outside knows: name a dataset, code, environment, model, run or permit"
                            .formatted(id, artifact.kind().text()));
        }
        return new References(policy, connection, keys)
                .artifact(artifact)
                .map(ref -> Summary.of(Revocation.newBuilder()
                        .setArtifact(ref)
                        .setReason(RevocationReason.valueOf(revocation.cause().name()))
                        .build()));
    }
}
