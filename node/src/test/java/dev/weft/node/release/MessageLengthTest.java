package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Site;
import dev.weft.node.record.Recorded;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two runs that differ only in values that do not leave say the same, but for what is random: not even the length of a
 * message tells a small number from a large one, or a short remark from a long one.
 */
class MessageLengthTest {

    /** Values of one run. */
    private record Values(String name, String path, String text, long rows, long few, double metric, String seen) {}

    private static final Values SHORT = new Values("w", "/a", "-", 7, 11, 1, "true");
    private static final Values LONG = new Values(
            "rows of the ward for rare diseases, second floor",
            "/srv/" + "patients/".repeat(40) + "rows.csv",
            "Dr. Weaver's remark on \\u00e9very one of them; ".repeat(30),
            123_456_789,
            999,
            0.123456789012345,
            "-17");

    /** Commitments, roots and ids: 32 bytes of what looks random, in base64. */
    private static final String RANDOM = "[A-Za-z0-9+/]{43}=";

    @TempDir
    Path directory;

    private static final String DATASET = """
            {'kind': 'dataset', 'externalId': 'rows', 'name': '%s', 'digest': '%s', 'path': '%s', 'rows': %d, 'bytes': %d,
             'description': '%s', 'version': '%s', 'labels': ['%s']}
            """;
    private static final String RUN = """
            {'kind': 'run', 'externalId': 'train', 'step': 'train', 'inputs': ['rows'], 'seed': %d, 'exitCode': %d,
             'command': '%s', 'parameters': {'cohort': '%s', 'few': %d, 'seen': '%s', 'rate': %s},
             'metrics': {'cases': %d, 'loss': %s}, 'fields': {'user': '%s', 'host': '%s'}}
            """;
    private static final String CONTRIBUTION = """
            {'kind': 'round', 'event': 'contribution', 'externalId': 'c', 'round': '%s', 'run': 'train', 'inputModel': '%s',
             'wireDigest': '%s', 'privacy': [{'name': 'dp-gaussian', 'parameters': {'epsilon': %s}}]}
            """;

    private List<Site.Sent> said(String policy, Values values, String place) throws Exception {
        try (Site site = Site.of(Files.createDirectories(directory.resolve(place)), Role.SITE, policy)) {
            String text = values.text().replace("'", "\\u0027");
            site.record(DATASET.formatted(
                    values.name(),
                    Site.digest("rows"),
                    values.path(),
                    values.rows(),
                    values.rows(),
                    text,
                    values.name(),
                    values.name()));
            site.record(RUN.formatted(
                    values.rows(),
                    values.few(),
                    text,
                    text,
                    values.few(),
                    values.seen(),
                    values.metric(),
                    values.few(),
                    values.metric(),
                    values.name(),
                    values.path()));
            Recorded recorded = site.record(
                    CONTRIBUTION.formatted(Site.ROUND, TrainingAtASite.GLOBAL, TrainingAtASite.SENT, values.metric()));
            if (recorded.release().waiting()) {
                long id = recorded.release().releaseId().orElseThrow();
                Site.await(site.steward.approve(id, values.name()));
            }
            return site.sent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "field dataset.digest withheld\nfield metric.* withheld\nfield parameter.* withheld",
                "field dataset.digest public\nfield metric.cases bucket 1000\nfield parameter.few bucket 1000",
                "release contribution steward\nprogress waiting on",
                "field metric.cases open\nminimum 1000",
            })
    void runsThatDifferInWhatStays_sayTheSame(String policy) throws Exception {
        List<Site.Sent> few = said(policy, SHORT, "short");
        List<Site.Sent> many = said(policy, LONG, "long");
        assertThat(few).isNotEmpty().hasSameSizeAs(many);
        for (int n = 0; n < few.size(); n++) {
            Site.Sent one = few.get(n);
            Site.Sent other = many.get(n);
            assertThat(one.payload().replaceAll(RANDOM, "random"))
                    .isEqualTo(other.payload().replaceAll(RANDOM, "random"))
                    .contains("random");
            assertThat(one.envelope().envelope().toByteString().size())
                    .isEqualTo(other.envelope().envelope().toByteString().size());
            assertThat(one.siteProof()).hasSameSizeAs(other.siteProof());
            assertThat(lengths(one)).isEqualTo(lengths(other));
        }
    }

    /** What goes along in clear, here ranges alone: the same values and so the same lengths. */
    private static List<String> lengths(Site.Sent sent) {
        List<String> lengths = new ArrayList<>();
        for (Opening opening : sent.openings()) {
            lengths.add(
                    opening.getName() + " " + opening.getValue().toStringUtf8() + " " + opening.getSerializedSize());
        }
        return lengths;
    }
}
