package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import dev.weft.node.SearchProcess;
import dev.weft.node.Site;
import dev.weft.node.record.Kind;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.Opening;
import dev.weft.proto.v1.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person asks to be forgotten: the value is nowhere afterwards, and the log says the same as before. */
class EraserTest {

    @TempDir
    Path directory;

    private Site site;
    private Eraser eraser;

    @BeforeEach
    void open() throws Exception {
        open("field metric.accuracy open\nfield metric.auc bucket 100\n");
    }

    private void open(String policy) throws Exception {
        site = Site.of(directory, Role.SITE, policy);
        eraser = new Eraser(site.recorder, site.database, site.outbox, new SearchProcess(), site.clock);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    private Reason refusal(String record, String field) {
        return catchThrowableOfType(VerificationException.class, () -> eraser.erase(record, field, "dr-grant"))
                .reason();
    }

    /** By other means than the eraser's own. */
    private boolean onDisk(String text) throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void erased_isInNoFileAndTheLogStaysVerifiable() throws Exception {
        TrainingAtASite.prepare(site);
        StoredRecord before = site.records.resolve("wdbc-external-id").orElseThrow();
        assertThat(onDisk("/srv/patients/wdbc.csv"))
                .as("it can be found at all")
                .isTrue();

        JsonObject answer = eraser.erase("wdbc-external-id", "path", "dr-grant");

        assertThat(answer.get("found").getAsLong()).isZero();
        assertThat(answer.get("bytesSearched").getAsLong()).isGreaterThan(Files.size(site.database.file()) - 1);
        assertThat(answer.get("backups").getAsString()).contains("out of reach");
        assertThat(onDisk("/srv/patients/wdbc.csv")).isFalse();
        StoredRecord after = site.records.find(before.id()).orElseThrow();
        assertThat(after.leaf()).as("its leaf in the log").isEqualTo(before.leaf());
        assertThat(after.body().field("path").orElseThrow()).isInstanceOf(StoredField.Erased.class);
        StoredRecord erasure =
                site.records.find(answer.get("erasure").getAsLong()).orElseThrow();
        assertThat(erasure.kind()).isEqualTo(Kind.ERASURE);
        assertThat(erasure.targets("about")).containsExactly(before.id());
        assertThat(erasure.value("by").orElseThrow().display()).isEqualTo("dr-grant");
        site.reopen();
        assertThat(site.records.find(before.id()).orElseThrow().leaf()).isEqualTo(before.leaf());
    }

    @Test
    void everyFieldThatMayBeErased_goes() throws Exception {
        TrainingAtASite.prepare(site);
        long id = site.records.resolve("wdbc-external-id").orElseThrow().id();
        Digest leaf = site.records.find(id).orElseThrow().leaf();
        for (String field : List.of("name", "path", "rows", "description", "digest", "externalId")) {
            assertThat(eraser.erase(Long.toString(id), field, "dr-grant")
                            .get("found")
                            .getAsLong())
                    .as(field)
                    .isZero();
        }

        for (String secret :
                List.of("Wisconsin, ward 7", "Dr. Weaver's remark", Site.digest("raw rows"), "wdbc-external")) {
            assertThat(onDisk(secret)).as(secret).isFalse();
        }
        assertThat(site.records.find(id).orElseThrow().leaf()).isEqualTo(leaf);
        assertThat(site.records.resolve(Site.digest("raw rows"))).isEmpty();
    }

    @Test
    void sameImportAgain_doesNotBringItBack() throws Exception {
        TrainingAtASite.prepare(site);
        long id = site.records.resolve("wdbc-external-id").orElseThrow().id();
        eraser.erase("wdbc-external-id", "path", "dr-grant");

        TrainingAtASite.prepare(site);

        assertThat(onDisk("/srv/patients/wdbc.csv")).isFalse();
        assertThat(site.records.resolve("wdbc-external-id").orElseThrow().id()).isEqualTo(id);
        assertThat(eraser.erase("wdbc-external-id", "externalId", "dr-grant")
                        .get("note")
                        .getAsString())
                .contains("anew");
    }

    @Test
    void manyRecordsAround_leaveNoRemnant() throws Exception {
        for (int n = 0; n < 400; n++) {
            site.record(
                    "{'kind': 'dataset', 'externalId': 'd%d', 'name': 'person-%04d', 'digest': '%s', 'description': '%s'}"
                            .formatted(n, n, Site.digest("rows " + n), "x".repeat(17 * (n % 40))));
        }
        for (int n = 5; n < 400; n += 131) {
            assertThat(eraser.erase("d" + n, "name", "dr-grant").get("found").getAsLong())
                    .as("record " + n)
                    .isZero();
            assertThat(onDisk("person-%04d".formatted(n))).isFalse();
        }
    }

    /** As the kernel lists them: closing a file gives up every POSIX lock that its process has on it. */
    private long locks(String file) throws Exception {
        Path list = Path.of("/proc/locks");
        Assumptions.assumeTrue(Files.exists(list), "this kernel lists no locks");
        String inode = ":" + Files.getAttribute(directory.resolve(file), "unix:ino") + " ";
        return Files.readAllLines(list).stream()
                .filter(line -> line.contains(inode))
                .count();
    }

    @Test
    void search_takesNoLockAwayFromTheDatabaseOrTheDirectory() throws Exception {
        TrainingAtASite.prepare(site);
        long lock = locks("node.lock");
        long shared = locks("node.db-shm");
        assertThat(lock).isPositive();
        assertThat(shared).isPositive();

        eraser.erase("clean", "name", "dr-grant");

        assertThat(locks("node.lock")).isEqualTo(lock);
        assertThat(locks("node.db-shm")).isGreaterThanOrEqualTo(shared);
    }

    @Test
    void openedValue_goesFromBesideTheStatementToo() throws Exception {
        TrainingAtASite.contribute(site);
        assertThat(site.sent().get(0).openings()).extracting(Opening::getName).contains("metric.accuracy");

        JsonObject answer = eraser.erase("train", "metric.accuracy", "dr-grant");

        assertThat(answer.get("found").getAsLong()).isZero();
        assertThat(answer.get("told").getAsString()).contains("members may have it");
        assertThat(site.sent().get(0).openings()).extracting(Opening::getName).containsExactly("metric.auc.bucket");
    }

    @Test
    void valueThatIsElsewhere_isSaidToBeThere() throws Exception {
        site.record("{'kind': 'note', 'about': %s, 'text': 'asked by Jane Roe'}"
                .formatted(site.record("{'kind': 'permit', 'name': 'asked by Jane Roe'}")
                        .id()));

        JsonObject answer = eraser.erase("0", "name", "dr-grant");

        assertThat(answer.get("found").getAsLong()).isEqualTo(1);
        assertThat(answer.get("foundIn").toString()).contains("node.db");
    }

    @Test
    void whatHoldsARecordInItsPlace_staysAndWhatIsNotThereIsSaid() throws Exception {
        TrainingAtASite.prepare(site);

        assertThat(refusal("train", "inputs")).isEqualTo(Reason.BAD_VALUE);
        assertThat(refusal("train", "step")).isEqualTo(Reason.BAD_VALUE);
        assertThat(refusal("train", "nothing")).isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal("nobody", "name")).isEqualTo(Reason.NOT_FOUND);
        eraser.erase("clean", "name", "dr-grant");
        assertThat(refusal("clean", "name")).isEqualTo(Reason.DUPLICATE);
    }

    @Test
    void fieldThatAWaitingStatementTells_isDecidedFirst() throws Exception {
        site.close();
        open("release contribution steward\nfield metric.accuracy open\n");
        long release = TrainingAtASite.contribute(site).release().releaseId().orElseThrow();

        assertThat(refusal("train", "metric.accuracy")).isEqualTo(Reason.BAD_VALUE);
        eraser.erase("train", "metric.loss", "dr-grant"); // a commitment alone: nothing of it would leave
        Site.await(site.steward.refuse(release, "dr-grant", "to be erased"));
        assertThat(eraser.erase("train", "metric.accuracy", "dr-grant")
                        .get("found")
                        .getAsLong())
                .isZero();
    }
}
