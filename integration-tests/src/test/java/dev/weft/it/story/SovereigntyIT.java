package dev.weft.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.it.demo.PlayedDemo;
import dev.weft.it.search.Control;
import dev.weft.it.search.FileHaystack;
import dev.weft.it.search.RawValue;
import dev.weft.it.search.RelayHaystack;
import dev.weft.it.search.SearchReport;
import dev.weft.it.search.SovereigntySearch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no policy released is nowhere outside of its site; what was released is found by the same search. */
class SovereigntyIT {

    @Test
    void unreleasedValues_areNowhereOutside() {
        SearchReport report = PlayedStudy.get().search();
        assertThat(report.findings()).isEmpty();
        assertThat(report.missed()).isEmpty();
        assertThat(report.holds()).isTrue();
        assertThat(report.rawValues() - report.tooShort()).isGreaterThan(100);
        assertThat(report.bytesSearched()).isGreaterThan(100_000);
    }

    @Test
    void releasedValue_takenForUnreleased_isFoundEverywhere() {
        PlayedDemo played = PlayedStudy.get();
        RawValue model = RawValue.text("final model", played.study().finalModel());
        SovereigntySearch search =
                new SovereigntySearch(List.of(model), List.of(new Control("the same", model, "text")));
        SearchReport report = search.run(List.of(
                RelayHaystack.messages(played.study().recording()),
                RelayHaystack.payloads(played.study().recording()),
                new FileHaystack(
                        List.of(played.study().federation().aggregator().dir()))));
        assertThat(report.found()).isPositive();
        assertThat(report.controlsFound()).isEqualTo(1);
        assertThat(report.holds()).isFalse();
    }
}
