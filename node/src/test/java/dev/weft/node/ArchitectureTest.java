package dev.weft.node;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.weft.node.record.LineageRecord;
import dev.weft.node.record.StoredField;
import dev.weft.node.record.StoredRecord;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The directions between the packages of the node, first of all the one that keeps raw lineage at home. */
class ArchitectureTest {

    /** Where the tested classes lie; tests lie elsewhere and may look everywhere. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Node.class.getProtectionDomain().getCodeSource().getLocation());

    private static String[] packages(String... names) {
        String[] full = new String[names.length];
        for (int n = 0; n < names.length; n++) {
            full[n] = "dev.weft.node." + names[n] + "..";
        }
        return full;
    }

    private static void mayNotUse(String name, String... others) {
        check(noClasses()
                .that(resideInAnyPackage(packages(name)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages(others))));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void whateverDialsOut_knowsNoRawRecord() {
        for (String outward : new String[] {"deliver", "witness", "ask", "join", "telemetry"}) {
            mayNotUse(outward, "record", "capture", "release", "disclose");
        }
    }

    @Test
    void rawRecords_areKnownToTheInnerHalfAndTheLocalApiAlone() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(packages("record", "capture", "release", "disclose", "http", "cli"))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(LineageRecord.class, StoredRecord.class, StoredField.class));
    }

    @Test
    void inside_nothingPointsBackwards() {
        mayNotUse("record", "capture", "release", "disclose", "deliver", "witness", "http", "cli");
        mayNotUse("capture", "db", "release", "deliver", "witness", "http", "cli");
        mayNotUse("release", "capture", "disclose", "witness", "http", "cli");
        mayNotUse("deliver", "witness", "http", "cli");
        mayNotUse("db", "record", "capture", "release", "deliver", "witness", "http", "cli");
        mayNotUse("disclose", "capture", "witness", "http", "cli");
        mayNotUse("http", "cli");
    }

    @Test
    void packages_haveNoCycles() {
        check(slices().matching("dev.weft.node.(*)..").should().beFreeOfCycles());
    }

    @Test
    void sql_standsWhereItsNameSaysSo() {
        check(noClasses()
                .that()
                .haveNameNotMatching(".*(Store|Query|Outbox|Connections)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(PreparedStatement.class, Statement.class));
    }

    @Test
    void timeAndChance_arePassedIn() {
        check(noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class));
    }

    @Test
    void hashing_belongsToTheProtocol() {
        check(noClasses().should().callMethod(MessageDigest.class, "getInstance", String.class));
    }

    @Test
    void localApi_isUsedByTheRootAndTheCommandsAlone() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.weft.node", "dev.weft.node.http..", "dev.weft.node.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weft.node.http.."));
    }

    @Test
    void node_neverSeesTheAggregator() {
        check(noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.weft.aggregator..", "dev.weft.it.."));
    }

    @Test
    void standardOutput_isKnownToOneClass() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.weft.node.cli.Console")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }
}
