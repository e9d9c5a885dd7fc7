package dev.weft.node.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.node.Faults;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every write between an answer of the aggregator and a kept receipt fails once: each statement ends with one receipt. */
class ReceiptFaultTest {
    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    private FakeAggregator aggregator;

    @BeforeEach
    void open() throws Exception {
        aggregator = new FakeAggregator(random);
    }

    @AfterEach
    void close() throws Exception {
        aggregator.close();
    }

    @ParameterizedTest
    @EnumSource(Faults.Write.class)
    void anyWriteFails_andTheStatementIsDurableInTheEnd(Faults.Write write) throws Exception {
        boolean failed = true;
        int row = 0;
        while (failed) {
            long said = ++row;
            Faults faults = new Faults();
            try (Site site = new Site(directory, aggregator, random, faults::over)) {
                site.say(1);
                faults.arm(row, write);
                site.deliverer.start();
                Await.until(
                        "a receipt or a writer that stopped",
                        () -> site.durable() == said
                                || site.database.writer().stopped().isPresent());
                failed = faults.disarm();
            }
            try (Site site = new Site(directory, aggregator, random)) {
                site.deliverer.start();
                Await.until("durable after row " + row, () -> site.durable() == said);
                assertThat(site.sharedLog.forked()).isFalse();
                site.statements()
                        .forEach(statement -> assertThat(aggregator.entry(
                                        statement.receipt().orElseThrow().index()))
                                .isEqualTo(statement.envelope()));
            }
            assertThat(row).isLessThan(50);
        }
        assertThat(row).isGreaterThan(3);
    }
}
