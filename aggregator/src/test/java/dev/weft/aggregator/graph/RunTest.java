package dev.weft.aggregator.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final int SEGMENT = 2_048;

    @Test
    void runsOfAnyGraph_coverAllButItsTail_eachNumberOnce() {
        for (long segments = 0; segments < 3 * 256 + 40; segments++) {
            for (long last : List.of(segments * SEGMENT, segments * SEGMENT + SEGMENT - 1)) {
                List<Run> runs = Run.all(last).stream()
                        .sorted(Comparator.comparingLong(Run::base))
                        .toList();
                long covered = 0;
                for (Run run : runs) {
                    assertThat(run.base()).isEqualTo(covered);
                    assertThat((long) run.highest()).isEqualTo(covered / Run.HIGHEST_SIZE);
                    covered += Run.segments(run.level()) * SEGMENT;
                }
                assertThat(covered).isEqualTo(segments * SEGMENT).isEqualTo(Run.indexed(last));
            }
        }
    }

    @Test
    void runs_areAtMostFifteenOfEachLowerLevel() {
        for (long segments = 0; segments < 1_000; segments++) {
            for (int level = 0; level < Run.HIGHEST; level++) {
                int of = level;
                assertThat(Run.all(segments * SEGMENT).stream().filter(run -> run.level() == of))
                        .hasSizeLessThan(Run.FAN);
            }
        }
    }
}
