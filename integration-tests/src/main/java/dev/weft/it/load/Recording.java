package dev.weft.it.load;

import dev.weft.it.federation.SiteNode;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Lineage records into one node through its local API; each answer came after the record was on disk. */
final class Recording {
    private final URI base;
    private final String token;
    private final AtomicLong number = new AtomicLong();

    Recording(SiteNode node) {
        this.base = node.client().base();
        try {
            this.token = Files.readString(node.tokenFile()).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** So many clients, each with so many records in a request, for that time. */
    Tally run(int clients, int inRequest, Duration time) {
        String path = inRequest == 1 ? "/v1/records" : "/v1/records/batch";
        return run(clients, path, () -> body(inRequest), time);
    }

    /** So many clients that tell of OpenLineage events of 8 KB, one a request, for that time. */
    Tally events(int clients, Duration time) {
        return run(clients, "/api/v1/lineage", () -> LineageEvent.text(number.incrementAndGet()), time);
    }

    private Tally run(int clients, String path, Supplier<String> bodies, Duration time) {
        Tally tally = new Tally();
        ExecutorService pool = Executors.newFixedThreadPool(clients);
        try {
            long end = System.nanoTime() + time.toNanos();
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(CompletableFuture.runAsync(() -> client(path, bodies, end, tally), pool));
            }
            running.forEach(CompletableFuture::join);
            return tally;
        } finally {
            pool.shutdownNow();
        }
    }

    private void client(String path, Supplier<String> bodies, long end, Tally tally) {
        try (RecordClient client = new RecordClient(base, path, token)) {
            while (System.nanoTime() - end < 0) {
                byte[] body = bodies.get().getBytes(StandardCharsets.UTF_8);
                long start = System.nanoTime();
                int status = client.post(body);
                long now = System.nanoTime();
                if (status / 100 == 2) {
                    tally.receipt(now - start, now);
                } else {
                    tally.failure("status " + status);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String body(int records) {
        if (records == 1) {
            return record(number.incrementAndGet());
        }
        StringBuilder all = new StringBuilder("[");
        for (int i = 0; i < records; i++) {
            all.append(i == 0 ? "" : ",").append(record(number.incrementAndGet()));
        }
        return all.append(']').toString();
    }

    /** Eight fields and some 600 bytes, as a pipeline would say of one shard of its data. */
    static String record(long n) {
        String digest =
                Hashing.sha256(("shard " + n).getBytes(StandardCharsets.UTF_8)).hex();
        String text =
                "{\"kind\":\"dataset\",\"source\":\"load\",\"externalId\":\"shard-" + n + "\",\"name\":\"shard-" + n
                        + "\",\"digest\":\"sha256:" + digest + "\",\"path\":\"/data/cohort/2026/shards/" + n
                        + ".parquet\",\"rows\":" + (10_000 + n % 977) + ",\"bytes\":" + (1_048_576 + n)
                        + ",\"version\":\"2026-11-21." + n + "\",\"fields\":{\"pipeline.run\":\"nightly-"
                        + digest.substring(0, 16) + "\"},\"description\":\"";
        return text + "d".repeat(Math.max(1, 600 - text.length() - 2)) + "\"}";
    }
}
