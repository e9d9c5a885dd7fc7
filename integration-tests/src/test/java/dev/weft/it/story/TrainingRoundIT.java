package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.demo.Check;
import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.federation.Daemon;
import dev.weft.it.federation.SiteNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three hospitals train two rounds; what the federation says of it is what was done. */
class TrainingRoundIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "every-round-complete",
                "receipts-verify",
                "one-head-everywhere",
                "lineage-names-every-site",
                "impact-starts-at-round",
                "second-statement-refused",
                "foreign-claim-without-effect",
                "steward-approved",
                "bundle-verifies-offline",
                "sovereignty"
            })
    void check_holds(String name) {
        assertThat(PlayedStudy.get().report().checks())
                .filteredOn(check -> check.name().equals(name))
                .singleElement()
                .satisfies(check -> assertThat(check.holds()).as(check.detail()).isTrue());
    }

    @Test
    void everyDaemon_isAProcessOfItsOwnAndSaidThatItWasReady() {
        PlayedDemo played = PlayedStudy.get();
        Stream<Daemon> daemons = Stream.concat(
                Stream.of(played.study().federation().aggregator()),
                played.study().federation().nodes().stream().map(SiteNode::daemon));
        assertThat(daemons).hasSize(5).allSatisfy(daemon -> {
            assertThat(daemon.running()).isTrue();
            assertThat(daemon.readyLine()).contains(" ready in ");
            assertThat(ProcessHandle.of(daemon.runFile().pid())).isPresent();
        });
    }

    @Test
    void sameSeed_sameFinalModelOnEveryMachine() {
        assertThat(PlayedStudy.get().study().finalModel())
                .isEqualTo("weft-model-v1:bced5e1eb79391975894fab8fb177d45b9b08a2d4e394acfc6a3a9d5c3320c58");
    }

    @Test
    void checks_areNamedOnce() {
        assertThat(PlayedStudy.get().report().checks()).extracting(Check::name).doesNotHaveDuplicates();
    }
}
