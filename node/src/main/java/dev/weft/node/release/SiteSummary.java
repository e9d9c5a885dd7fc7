package dev.weft.node.release;

import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.Role;
import dev.weft.node.record.RoundEvent;
import dev.weft.node.record.RoundEvent.Technique;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.ContentDigest;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.CommittedField;
import dev.weft.proto.v1.Contribution;
import dev.weft.proto.v1.Evaluation;
import dev.weft.proto.v1.PrivacyTechnique;
import dev.weft.proto.v1.Run;
import dev.weft.proto.v1.RunKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a site says of its part in a round: a contribution or an evaluation, with the runs behind it. */
final class SiteSummary {

    private final Connection connection;
    private final ReleasePolicy policy;
    private final References references;

    SiteSummary(Connection connection, ReleasePolicy policy, LinkingKeys keys) {
        this.connection = connection;
        this.policy = policy;
        this.references = new References(policy, connection, keys);
    }

    Summary contribution(RoundEvent.Contribution event, StoredRecord stored)
            throws SQLException, VerificationException {
        Closure closure = closure(stored);
        Contribution.Builder body = Contribution.newBuilder()
                .setRound(event.round().toByteString())
                .setInputModel(References.model(
                        policy, stored, "inputModel", event.inputModel(), from(event.inputFrom(), event.inputModel())))
                .setWireDigest(event.wireDigest().toString())
                .addAllRuns(runs(closure))
                .addAllPrivacy(privacy(event.privacy(), stored))
                .addAllSummaries(summaries(stored));
        event.baseRound().ifPresent(round -> body.setBaseRound(round.toByteString()));
        if (event.update().isPresent()) {
            body.setUpdate(References.commitment(stored, "update"));
        }
        return Summary.of(body.build(), references.openings());
    }

    Summary evaluation(RoundEvent.Evaluation event, StoredRecord stored) throws SQLException, VerificationException {
        Closure closure = closure(stored);
        Evaluation body = Evaluation.newBuilder()
                .setRound(event.round().toByteString())
                .setModel(References.model(
                        policy, stored, "model", event.model(), from(event.modelFrom(), event.model())))
                .addAllRuns(runs(closure))
                .addAllSummaries(summaries(stored))
                .build();
        return Summary.of(body, references.openings());
    }

    private Closure closure(StoredRecord event) throws SQLException, VerificationException {
        return Closure.of(connection, event.targets("run").get(0));
    }

    /** Where the event does not say it: what the site's own record of that model says. */
    private Optional<Digest> from(Optional<Digest> said, ContentDigest model) throws SQLException {
        if (said.isPresent()) {
            return said;
        }
        return RecordQuery.model(connection, model)
                .flatMap(record -> record.value("from"))
                .filter(FieldValue.Bytes.class::isInstance)
                .map(value -> Digest.of(((FieldValue.Bytes) value).value()));
    }

    private List<Run> runs(Closure closure) throws SQLException {
        List<Run> runs = new ArrayList<>();
        for (StoredRecord run : closure.runs()) {
            Run.Builder said = Run.newBuilder()
                    .setKind(RunKind.valueOf(run.value("step")
                            .map(FieldValue::display)
                            .orElse("")
                            .toUpperCase(Locale.ROOT)))
                    .addAllInputs(artifacts(closure, run, Role.INPUT))
                    .addAllOutputs(artifacts(closure, run, Role.OUTPUT))
                    .addAllCode(artifacts(closure, run, Role.CODE))
                    .addAllEnvironment(artifacts(closure, run, Role.ENVIRONMENT))
                    .addAllParameters(references.newest(observed(run), "parameter."));
            references.artifact(run).ifPresent(said::setId);
            runs.add(said.build());
        }
        return runs;
    }

    /** The run, and what was observed of it since. */
    private List<StoredRecord> observed(StoredRecord run) throws SQLException {
        List<StoredRecord> all = new ArrayList<>(List.of(run));
        all.addAll(RecordQuery.observationsOf(connection, run.id()));
        return all;
    }

    private List<ArtifactRef> artifacts(Closure closure, StoredRecord run, Role role) throws SQLException {
        List<ArtifactRef> artifacts = new ArrayList<>();
        for (long id : closure.used(run, role)) {
            Optional<StoredRecord> record = closure.record(id);
            if (record.isPresent()) {
                references.artifact(record.get()).ifPresent(artifacts::add);
            }
        }
        return artifacts;
    }

    private List<PrivacyTechnique> privacy(List<Technique> techniques, StoredRecord stored) {
        List<PrivacyTechnique> said = new ArrayList<>();
        for (int n = 0; n < techniques.size(); n++) {
            said.add(PrivacyTechnique.newBuilder()
                    .setName(techniques.get(n).name())
                    .addAllParameters(references.committed(stored, Technique.parameterPrefix(n)))
                    .build());
        }
        return said;
    }

    /** The metrics of the run itself, of what was observed and of what was measured of it since; of one name the newest. */
    private List<CommittedField> summaries(StoredRecord event) throws SQLException {
        long run = event.targets("run").get(0);
        List<StoredRecord> measured = new ArrayList<>();
        Optional<StoredRecord> itself = RecordQuery.find(connection, run);
        if (itself.isPresent()) {
            measured.addAll(observed(itself.get()));
        }
        measured.addAll(RecordQuery.metricsOf(connection, run));
        return references.newest(measured, "metric.");
    }
}
