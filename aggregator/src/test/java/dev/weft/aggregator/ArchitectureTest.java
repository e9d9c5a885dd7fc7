package dev.weft.aggregator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The directions of the aggregator's packages: who may know whom. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.weft.aggregator");

    private static String in(String name) {
        return "dev.weft.aggregator." + name + "..";
    }

    private static void mayNotKnow(String who, String... whom) {
        String[] packages = new String[whom.length];
        for (int i = 0; i < whom.length; i++) {
            packages[i] = in(whom[i]);
        }
        noClasses()
                .that()
                .resideInAPackage(in(who))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true) // present has no class yet
                .check(CLASSES);
    }

    @Test
    void packages_pointOneWay() {
        mayNotKnow("watch", "db", "config", "members", "publish", "graph", "accept", "ask", "present", "http", "cli");
        mayNotKnow("config", "db", "watch", "members", "publish", "graph", "accept", "ask", "present", "http", "cli");
        mayNotKnow("db", "config", "watch", "members", "publish", "graph", "accept", "ask", "present", "http", "cli");
        mayNotKnow("members", "accept", "publish", "graph", "ask", "present", "http", "cli");
        mayNotKnow("publish", "accept", "members", "graph", "ask", "present", "http", "cli");
        mayNotKnow("graph", "accept", "members", "publish", "ask", "present", "http", "cli");
        mayNotKnow("accept", "ask", "present", "http", "cli");
        mayNotKnow("ask", "accept", "present", "http", "cli");
        mayNotKnow("present", "accept", "http", "cli");
    }

    @Test
    void commandLine_isUsedByNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage(in("cli"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("cli"))
                .check(CLASSES);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.weft.aggregator.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void aggregator_doesNotKnowTheNode() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.weft.node..", "dev.weft.it..")
                .check(CLASSES);
    }

    @Test
    void sql_standsInStoresAndQueries() {
        // GraphDump reads every table of the graph for the comparison of a rebuild; Statements keeps the graph's
        // prepared statements; AggregatorDatabase says PRAGMA.
        noClasses()
                .that()
                .haveNameNotMatching(".*(Store|Query|GraphDump|Statements)([$].*)?")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(PreparedStatement.class)
                .check(CLASSES);
    }

    @Test
    void chanceTimeAndHashing_comeFromOutside() {
        noClasses().should().callMethod(Instant.class, "now").check(CLASSES);
        noClasses().should().callConstructor(Random.class).check(CLASSES);
        noClasses()
                .should()
                .callMethod(MessageDigest.class, "getInstance", String.class)
                .check(CLASSES);
        noClasses().should().accessField(System.class, "out").check(CLASSES);
    }
}
