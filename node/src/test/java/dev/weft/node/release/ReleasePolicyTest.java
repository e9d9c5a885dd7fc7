package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.node.record.Kind;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleasePolicyTest {

    @Test
    void withoutRules_onlyModelDigestsArePublic() {
        ReleasePolicy policy = ReleasePolicy.DEFAULT;

        assertThat(policy.field(Kind.MODEL, "digest")).isEqualTo(FieldClass.PUBLIC);
        assertThat(policy.field(Kind.DATASET, "digest")).isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.field(Kind.CODE, "digest")).isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.field(Kind.RUN, "metric.accuracy")).isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.field(Kind.ROUND, "privacy.0.parameter.epsilon")).isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.rule(PredicateType.CONTRIBUTION)).isEqualTo(ReleaseRule.AUTOMATIC);
        assertThat(policy.tells(ProgressState.WAITING)).isFalse();
    }

    @Test
    void longestNameThatFits_decides() throws Exception {
        ReleasePolicy policy = ReleasePolicy.parse("""
                # of the tumour board
                release contribution steward
                release evaluation new-data
                progress waiting on
                field *                private
                field metric.*         withheld   # but
                field metric.accuracy  open
                field metric.auc.*     open
                field code.digest      public
                """, "release.policy");

        assertThat(policy.field(Kind.RUN, "metric.accuracy")).isEqualTo(FieldClass.OPEN);
        assertThat(policy.field(Kind.METRICS, "metric.auc.ward")).isEqualTo(FieldClass.OPEN);
        assertThat(policy.field(Kind.RUN, "metric.loss")).isEqualTo(FieldClass.WITHHELD);
        assertThat(policy.field(Kind.CODE, "digest")).isEqualTo(FieldClass.PUBLIC);
        assertThat(policy.field(Kind.MODEL, "digest"))
                .as("a star covers the default")
                .isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.rule(PredicateType.CONTRIBUTION)).isEqualTo(ReleaseRule.STEWARD);
        assertThat(policy.rule(PredicateType.EVALUATION)).isEqualTo(ReleaseRule.NEW_DATA);
        assertThat(policy.tells(ProgressState.WAITING)).isTrue();
        assertThat(policy.digest()).isNotEqualTo(ReleasePolicy.DEFAULT.digest());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        release contribution            | three words
        relase contribution steward     | did you mean 'release'
        release contributoin steward    | did you mean 'contribution'
        release round steward           | none of contribution, evaluation, publication, revocation
        release contribution manual     | none of automatic, new-data, steward
        release contribution newdata    | did you mean 'new-data'
        release publication new-data    | new-data is for contributions and evaluations
        field dataset.path open         | never leaves the site
        field datset.digest private     | did you mean 'dataset.digest'
        field dataset.digest open       | write public or private
        field metric.accuracy public    | write open
        field * public                  | only a digest can be public
        field dataset.digest linkable   | linking key
        field model.digest secret       | none of open, private, public, withheld
        progress waiting maybe          | none of off, on
        """)
    void wrongRule_isRefusedWithItsLine(String rule, String sentence) {
        VerificationException refused = catchThrowableOfType(
                VerificationException.class, () -> ReleasePolicy.parse("# first\n\n" + rule, "release.policy"));

        assertThat(refused.reason()).isEqualTo(Reason.POLICY_INVALID);
        assertThat(refused).hasMessageStartingWith("release.policy line 3: ").hasMessageContaining(sentence);
    }

    @Test
    void twoRulesForOneName_areRefused() {
        VerificationException refused = catchThrowableOfType(
                VerificationException.class,
                () -> ReleasePolicy.parse("field code.digest public\nfield code.digest private", "release.policy"));

        assertThat(refused).hasMessageContaining("line 2");
    }

    @Test
    void file_isReadAndMayBeMissing(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("release.policy");
        assertThat(ReleasePolicy.load(file)).isSameAs(ReleasePolicy.DEFAULT);

        Files.writeString(file, "field code.digest public\n");
        assertThat(ReleasePolicy.load(file).field(Kind.CODE, "digest")).isEqualTo(FieldClass.PUBLIC);
    }
}
