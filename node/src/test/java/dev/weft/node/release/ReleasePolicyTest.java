package dev.weft.node.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.node.record.Kind;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.statement.PredicateType;
import dev.weft.proto.v1.ProgressState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
        release round steward           | none of alias, contribution, evaluation, publication, revocation
        release contribution manual     | none of automatic, new-data, steward
        release contribution newdata    | did you mean 'new-data'
        release publication new-data    | new-data is for contributions and evaluations
        field dataset.path open         | never leaves the site
        field datset.digest private     | did you mean 'dataset.digest'
        field dataset.digest open       | write public or private
        field metric.accuracy public    | write open
        field metric.n bucket           | how wide
        field metric.n bucket ten       | no whole number
        field code.digest bucket 10     | only metrics and parameters
        minimum 0                       | no whole number
        minimum                         | one number
        label ward field                | field NAME public
        label ward progress waiting on  | none of field, release
        label "" field * withheld       | a rule with a label is
        label "ward field * withheld    | not closed
        field * public                  | only a digest can be public
        field model.digest linkable     | shared there anyway
        field metric.n linkable         | every member could try them all
        field parameter.* linkable      | every member could try them all
        field * linkable                | name the digests
        release alias new-data          | new-data is for contributions and evaluations
        field model.digest secret       | none of bucket, linkable, open, private, public, withheld
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
    void ruleWithALabel_holdsWhereItIsStricter() throws Exception {
        ReleasePolicy policy = ReleasePolicy.parse("""
                release contribution new-data
                field metric.* open
                field metric.n bucket 10
                label "rare # disease" release contribution steward
                label "rare # disease" field metric.* private    # nothing in clear
                label public field metric.n bucket 100
                label public release contribution automatic
                """, "release.policy");

        ReleasePolicy rare = policy.on(new DataLabels(Set.of("rare # disease"), false));
        ReleasePolicy open = policy.on(new DataLabels(Set.of("public"), false));
        ReleasePolicy unknown = policy.on(new DataLabels(Set.of(), true));
        assertThat(rare.field(Kind.RUN, "metric.auc")).isEqualTo(FieldClass.PRIVATE);
        assertThat(rare.rule(PredicateType.CONTRIBUTION)).isEqualTo(ReleaseRule.STEWARD);
        assertThat(open.fieldRule(Kind.RUN, "metric.n").bucket()).isEqualTo(100);
        assertThat(open.rule(PredicateType.CONTRIBUTION)).as("never laxer").isEqualTo(ReleaseRule.NEW_DATA);
        assertThat(unknown.field(Kind.RUN, "metric.n")).as("erased labels").isEqualTo(FieldClass.PRIVATE);
        assertThat(policy.on(new DataLabels(Set.of("other"), false))).isSameAs(policy);
    }

    @ParameterizedTest
    @CsvSource({
        "INT,9,true",
        "INT,-9,true",
        "INT,10,false",
        "REAL,3.0,true",
        "REAL,0.95,false",
        "TEXT,7,true",
        "TEXT,' 7.0 ',true",
        "TEXT,seven,false",
        "LIST,4,true",
        "BOOL,true,false"
    })
    void countBelowTheMinimum_isSeenInEveryForm(String type, String text, boolean few) {
        FieldValue value = switch (type) {
            case "INT" -> FieldValue.of(Long.parseLong(text));
            case "REAL" -> FieldValue.of(Double.parseDouble(text));
            case "LIST" -> new FieldValue.Items(List.of(FieldValue.of(1000), FieldValue.of(Long.parseLong(text))));
            case "BOOL" -> FieldValue.of(Boolean.parseBoolean(text));
            default -> FieldValue.of(text);
        };

        assertThat(ReleasePolicy.DEFAULT.tooFew(value)).isEqualTo(few);
    }

    @Test
    void firstPolicy_canBeReadAndLetsOutNothingUnseen(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("release.policy");
        PolicyFile.init(file);
        ReleasePolicy policy = ReleasePolicy.load(file);

        assertThat(policy.rule(PredicateType.REVOCATION)).isEqualTo(ReleaseRule.STEWARD);
        assertThat(policy.field(Kind.RUN, "parameter.lr")).isEqualTo(FieldClass.WITHHELD);
        assertThat(PolicyFile.remarks(policy)).isEmpty();
        assertThat(PolicyFile.remarks(ReleasePolicy.parse("field metric.* open\nminimum 2", "p")))
                .hasSize(3);
        assertThat(catchThrowableOfType(VerificationException.class, () -> PolicyFile.init(file))
                        .reason())
                .isEqualTo(Reason.DUPLICATE);
    }

    @Test
    void file_isReadAndMayBeMissing(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("release.policy");
        assertThat(ReleasePolicy.load(file)).isSameAs(ReleasePolicy.DEFAULT);

        Files.writeString(file, "field code.digest public\n");
        assertThat(ReleasePolicy.load(file).field(Kind.CODE, "digest")).isEqualTo(FieldClass.PUBLIC);
    }
}
