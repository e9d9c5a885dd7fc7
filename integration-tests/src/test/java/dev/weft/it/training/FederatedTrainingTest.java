package dev.weft.it.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FederatedTrainingTest {

    private static final Wisconsin DATA = Wisconsin.load();

    @Test
    void load_everyRow() {
        assertThat(DATA.samples()).hasSize(569).allMatch(row -> row.width() == 30);
        assertThat(DATA.samples().stream().filter(Sample::benign)).hasSize(357);
    }

    @Test
    void deal_everyRowToOneSiteUnevenly() {
        for (int sites : new int[] {1, 3, 7, 40}) {
            List<List<Sample>> parts = DATA.deal(sites, 7);
            Set<Sample> seen = new HashSet<>();
            parts.forEach(seen::addAll);
            assertThat(parts.stream().mapToInt(List::size).sum()).isEqualTo(569);
            assertThat(seen).hasSize(569);
            assertThat(parts.get(0).size())
                    .isGreaterThanOrEqualTo(parts.get(sites - 1).size());
        }
    }

    @Test
    void csv_holdsTheLinesAsTheyStood() {
        String csv = new String(DATA.csv(DATA.samples()), StandardCharsets.UTF_8);
        assertThat(csv.lines()).hasSize(570);
        assertThat(csv.lines().skip(1).findFirst())
                .contains(DATA.samples().get(0).line());
    }

    @Test
    void fiveRounds_reachUsefulAccuracyAtEverySite() {
        FederatedTraining training = new FederatedTraining(DATA, 3, 5, 42);
        for (int round = 1; round <= 5; round++) {
            training.round(round);
        }
        for (int site = 0; site < 3; site++) {
            SiteData data = training.data(site, 5);
            assertThat(training.global().accuracy(data.heldOut(), data.standardisation()))
                    .isGreaterThan(0.9);
        }
    }

    @Test
    void sameSeed_sameDigestsOnEveryMachine() {
        FederatedTraining training = new FederatedTraining(DATA, 3, 2, 42);
        assertThat(training.global().digest())
                .hasToString("weft-model-v1:4a056e3ece5642d226639d83441d89bf57b8e05fcccda7fe40f5ca8a5ec865dc");
        assertThat(training.round(1).digest())
                .hasToString("weft-model-v1:1bb45c6e8c7f9311e9e7693d78b8d6175f8b768a0565eb04b8c5cc75995c3195");
        assertThat(training.round(2).digest())
                .hasToString("weft-model-v1:bced5e1eb79391975894fab8fb177d45b9b08a2d4e394acfc6a3a9d5c3320c58");
    }

    @Test
    void otherSeed_otherDigests() {
        assertThat(new FederatedTraining(DATA, 3, 2, 1).round(1).digest())
                .isNotEqualTo(new FederatedTraining(DATA, 3, 2, 2).round(1).digest());
    }

    @Test
    void secondVersion_fromTheMiddleRoundOnly() {
        FederatedTraining training = new FederatedTraining(DATA, 3, 5, 42);
        assertThat(training.changeRound()).isEqualTo(3);
        assertThat(training.data(1, 2).training())
                .hasSizeLessThan(training.data(1, 3).training().size());
        assertThat(training.data(1, 2).heldOut()).isEqualTo(training.data(1, 3).heldOut());
        assertThat(training.data(0, 5).training()).isEqualTo(training.data(0, 1).training());
    }
}
