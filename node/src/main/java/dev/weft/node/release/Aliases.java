package dev.weft.node.release;

import dev.weft.node.record.Kind;
import dev.weft.node.record.RecordQuery;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Which of the site's artifacts are told by another name than before, because the linking key rotated or their field has
 * another class now. The site's word that both are one keeps lineage whole.
 */
final class Aliases {
    private static final Set<Kind> NAMED = Set.of(Kind.DATASET, Kind.CODE, Kind.ENVIRONMENT);
    private static final String DIGEST = "digest";

    private final ReleasePolicy policy;
    private final LinkingKeys keys;

    Aliases(ReleasePolicy policy, LinkingKeys keys) {
        this.policy = policy;
        this.keys = keys;
    }

    /**
     * What is to be stated.
     *
     * @param steward whether it always waits: where the new name is the closer one, an alias opens again what the new class
     *     was to close; where it is the more open one, rules for a label may have kept statements from naming it so
     */
    record Due(StoredRecord record, Alias body, boolean steward) {}

    Optional<Due> due(Connection connection, long id) throws SQLException {
        StoredRecord record = RecordQuery.find(connection, id).orElseThrow();
        if (!NAMED.contains(record.kind())
                || !(record.body().field(DIGEST).orElse(null) instanceof StoredField.Kept kept)
                || !(kept.value() instanceof FieldValue.DigestValue digest)) {
            return Optional.empty();
        }
        Optional<ArtifactRef> old = told(connection, record, digest);
        Optional<ArtifactRef> now = new References(policy.on(DataLabels.of(record)), connection, keys)
                .artifact(record)
                .map(Aliases::withoutSource);
        if (old.isEmpty() || now.isEmpty() || old.get().equals(now.get())) {
            return Optional.empty();
        }
        Alias body = Alias.newBuilder().setOld(old.get()).setNew(now.get()).build();
        return Optional.of(new Due(record, body, closes(old.get(), now.get()) || mayOpen(record, body)));
    }

    private static ArtifactRef withoutSource(ArtifactRef ref) {
        return ref.toBuilder().clearFrom().build();
    }

    /** The name that it was told by last. */
    private static Optional<ArtifactRef> told(Connection connection, StoredRecord record, FieldValue.DigestValue digest)
            throws SQLException {
        Optional<ArtifactRef> kept = LinkStore.toldAs(connection, record.id());
        if (kept.isPresent()) {
            return kept;
        }
        return ToldStore.told(connection, record.id(), DIGEST).map(outcome -> {
            ArtifactRef.Builder ref = ArtifactRef.newBuilder().setKind(References.kind(record.kind()));
            if (outcome == Outcome.PUBLIC) {
                ref.setDigest(digest.value().toString());
            } else {
                ref.setCommitment(
                        record.body().field(DIGEST).orElseThrow().commitment().toByteString());
            }
            return ref.build();
        });
    }

    private static boolean closes(ArtifactRef old, ArtifactRef now) {
        return openness(now) < openness(old);
    }

    private boolean mayOpen(StoredRecord record, Alias body) {
        FieldClass strictest = policy.on(DataLabels.UNKNOWN).field(record.kind(), DIGEST);
        FieldClass own = policy.on(DataLabels.of(record)).field(record.kind(), DIGEST);
        return openness(body.getNew()) > openness(body.getOld()) && strictest.compareTo(own) > 0;
    }

    private static int openness(ArtifactRef ref) {
        return ref.hasDigest() ? 2 : ref.hasLinkable() ? 1 : 0;
    }
}
