package dev.weft.it.load;

/** OpenLineage events as a busy pipeline sends them: three to a run, with schemas, tags and a plan, 8 KB each. */
final class LineageEvent {
    private static final int BYTES = 8_000;
    private static final String[] STATES = {"START", "RUNNING", "COMPLETE"};

    private LineageEvent() {}

    static String text(long n) {
        StringBuilder event = new StringBuilder(BYTES + 200)
                .append("{\"eventType\":\"")
                .append(STATES[(int) (n % STATES.length)])
                .append("\",\"eventTime\":\"2026-11-21T08:00:00.")
                .append("%09d".formatted(n % 1_000_000_000))
                .append("Z\",\"producer\":\"https://load.example\",\"run\":{\"runId\":\"00000000-0000-4000-8000-")
                .append("%012x".formatted(n / STATES.length))
                .append(
                        "\",\"facets\":{\"processing_engine\":{\"version\":\"3.5\",\"name\":\"spark\"},\"nominalTime\":")
                .append("{\"nominalStartTime\":\"2026-11-21T08:00:00Z\"},\"acme_counters\":{");
        for (int i = 0; i < 20; i++) {
            event.append(i == 0 ? "" : ",")
                    .append("\"counter")
                    .append(i)
                    .append("\":")
                    .append(n + i);
        }
        event.append("}}},\"job\":{\"namespace\":\"load\",\"name\":\"job-")
                .append(n % 97)
                .append("\",\"facets\":{\"sql\":{\"query\":\"SELECT * FROM wards\"}}},\"inputs\":[");
        dataset(event, "in", n % 211);
        dataset(event.append(','), "in", (n + 1) % 211);
        dataset(event.append("],\"outputs\":["), "out", n % 211);
        event.append("],\"plan\":\"");
        return event.append("p".repeat(Math.max(1, BYTES - event.length() - 2)))
                .append("\"}")
                .toString();
    }

    private static void dataset(StringBuilder event, String side, long n) {
        event.append("{\"namespace\":\"file\",\"name\":\"/data/")
                .append(side)
                .append('/')
                .append(n);
        event.append(
                        "\",\"facets\":{\"schema\":{\"_schemaURL\":\"https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json\",")
                .append("\"fields\":[");
        for (int i = 0; i < 20; i++) {
            event.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"column")
                    .append(i)
                    .append("\",\"type\":\"double\"}");
        }
        event.append("]},\"storage\":{\"storageLayer\":\"iceberg\",\"fileFormat\":\"parquet\"}}}");
    }
}
