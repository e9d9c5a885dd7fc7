package dev.weft.node.release;

import dev.weft.node.Site;
import dev.weft.node.record.Recorded;
import java.util.List;

/** A site's part in a round, as its tools record it. */
final class TrainingAtASite {

    /** Values that no default policy lets out. */
    static final List<String> SECRETS = List.of(
            "Wisconsin, ward 7",
            "/srv/patients/wdbc.csv",
            Site.digest("raw rows"),
            Site.digest("clean rows"),
            Site.digest("code"),
            Site.digest("python"),
            "Dr. Weaver's remark",
            "adam-0.00125",
            "0.9473684210526",
            "wdbc-external-id",
            Site.digest("plain update"));

    static final String GLOBAL = "weft-model-v1:" + Site.sha256("global").hex();
    static final String SENT = "weft-model-v1:" + Site.sha256("sent").hex();
    static final String CLOSE = "22".repeat(32);

    private TrainingAtASite() {}

    static void prepare(Site site) {
        site.record("""
                {'kind': 'dataset', 'externalId': 'wdbc-external-id', 'name': 'Wisconsin, ward 7', 'digest': '%s',
                 'path': '/srv/patients/wdbc.csv', 'rows': 190123, 'description': 'Dr. Weaver\\u0027s remark'}
                """.formatted(Site.digest("raw rows")));
        site.record("{'kind': 'dataset', 'externalId': 'clean', 'name': 'clean', 'digest': '%s'}"
                .formatted(Site.digest("clean rows")));
        site.record("{'kind': 'code', 'externalId': 'code', 'name': 'train.py', 'digest': '%s'}"
                .formatted(Site.digest("code")));
        site.record("{'kind': 'environment', 'externalId': 'env', 'name': 'python', 'digest': '%s'}"
                .formatted(Site.digest("python")));
        site.record("{'kind': 'model', 'externalId': 'global', 'name': 'global', 'digest': '%s', 'from': '%s'}"
                .formatted(GLOBAL, CLOSE));
        site.record("""
                {'kind': 'run', 'externalId': 'prep', 'step': 'prepare', 'inputs': ['wdbc-external-id'],
                 'outputs': ['clean'], 'code': 'code', 'environment': 'env'}
                """);
        site.record("""
                {'kind': 'run', 'externalId': 'train', 'step': 'train', 'inputs': ['clean', 'global'], 'code': 'code',
                 'environment': 'env', 'parameters': {'optimiser': 'adam-0.00125', 'un\\u00ebven name': 'x'},
                 'metrics': {'accuracy': 0.9473684210526, 'loss': 0.31}}
                """);
        site.record("{'kind': 'metrics', 'of': 'train', 'values': {'loss': 0.29, 'auc': 0.9912345}}");
    }

    static String contribution() {
        return """
                {'kind': 'round', 'event': 'contribution', 'externalId': 'round-1', 'round': '%s', 'run': 'train',
                 'inputModel': '%s', 'wireDigest': '%s', 'update': '%s',
                 'privacy': [{'name': 'dp-gaussian', 'parameters': {'epsilon': 1.7320508}}]}
                """.formatted(Site.ROUND, GLOBAL, SENT, Site.digest("plain update"));
    }

    static Recorded contribute(Site site) {
        prepare(site);
        return site.record(contribution());
    }
}
