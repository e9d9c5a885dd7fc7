package dev.weft.node.release;

import com.google.protobuf.ByteString;
import dev.weft.node.record.StoredRecord;
import dev.weft.node.release.Fate.Outcome;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.statement.CanonicalJson;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.Alias;
import dev.weft.proto.v1.ArtifactRef;
import dev.weft.proto.v1.Opening;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Says which statements a person approved ahead, and keeps what was told of each field. */
final class Patterns {

    private final Digest policy;

    Patterns(Digest policy) {
        this.policy = policy;
    }

    /** The pattern, if one stands, by which a statement need not wait. */
    Optional<Pattern> covering(
            Connection connection, PredicateType type, StoredRecord stored, String body, List<Opening> openings)
            throws SQLException, VerificationException {
        if (!onData(type)) {
            return Optional.empty();
        }
        return PatternStore.covering(
                connection,
                type.uri(),
                policy,
                Pattern.shape(Fate.of(connection, body, stored, openings)),
                ReleaseDataStore.behind(connection, stored));
    }

    /** Makes one of a release that is being approved. Fails with {@code bad-value} where no data stand behind it. */
    Pattern add(Connection connection, Preview preview, StoredRecord stored, String by, Instant at)
            throws SQLException, VerificationException {
        Release release = preview.release();
        boolean onData = PredicateType.ofUri(release.predicateType())
                .filter(Patterns::onData)
                .isPresent();
        List<Long> data = onData ? ReleaseDataStore.behind(connection, stored) : List.of();
        if (data.isEmpty()) {
            throw new VerificationException(
                    Reason.BAD_VALUE,
                    "no dataset version stands behind release %d, so nothing says what is like it: approve it alone"
                            .formatted(release.id()));
        }
        Pattern pattern = new Pattern(
                0,
                release.id(),
                release.predicateType(),
                policy,
                data,
                Pattern.shape(preview.fates()),
                by,
                at,
                Optional.empty());
        long id = PatternStore.insert(connection, pattern);
        return PatternStore.find(connection, id).orElseThrow();
    }

    /** Takes down what a statement that was signed tells. Rounds and progress tell of no record. */
    static void told(Connection connection, Release release, StoredRecord stored, List<Opening> openings)
            throws SQLException, VerificationException {
        PredicateType type = PredicateType.ofUri(release.predicateType()).orElseThrow();
        if (type != PredicateType.ROUND && type != PredicateType.PROGRESS) {
            List<Fate> fates = Fate.of(connection, release.body().toStringUtf8(), stored, openings);
            ToldStore.put(connection, release.id(), fates);
            if (type == PredicateType.ALIAS) {
                LinkStore.tellAs(connection, release.record(), alias(release).getNew());
            } else {
                toldAs(connection, release, fates);
            }
        }
    }

    /** Which of several linkable values it was: the newest that stands there. */
    private static void toldAs(Connection connection, Release release, List<Fate> fates) throws SQLException {
        for (Fate fate : fates) {
            if (fate.outcome() == Outcome.LINKED) {
                for (ByteString value : LinkStore.values(connection, fate.record())) {
                    if (release.body()
                            .toStringUtf8()
                            .contains(Base64.getEncoder().encodeToString(value.toByteArray()))) {
                        ArtifactRef name = ArtifactRef.newBuilder()
                                .setKind(References.kind(fate.kind()))
                                .setLinkable(value)
                                .build();
                        LinkStore.tellAs(connection, fate.record(), name);
                        break;
                    }
                }
            }
        }
    }

    private static Alias alias(Release release) throws VerificationException {
        return (Alias) CanonicalJson.parse(release.body()).predicate().orElseThrow();
    }

    static boolean onData(PredicateType type) {
        return type == PredicateType.CONTRIBUTION || type == PredicateType.EVALUATION;
    }
}
