package dev.weft.proto;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.weft.proto.digest.Hashing;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The directions between the packages of the protocol, and what hand-written code here may not know. */
class ArchitectureTest {
    private static final String ROOT = "dev.weft.proto";

    /** What each package may use; nothing else of this module but the generated messages and the reasons. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "digest", Set.of(),
            "merkle", Set.of("digest"),
            "identity", Set.of("digest"),
            "note", Set.of("digest", "merkle", "identity"),
            "log", Set.of("digest", "merkle", "identity", "note"),
            "statement", Set.of("digest", "merkle", "identity"),
            "disclosure", Set.of("digest", "merkle", "identity", "statement"),
            "standing", Set.of("digest", "merkle", "identity", "note", "statement"),
            "graph", Set.of("digest", "merkle", "identity", "statement", "standing"),
            "bundle",
                    Set.of(
                            "digest",
                            "merkle",
                            "identity",
                            "note",
                            "log",
                            "statement",
                            "disclosure",
                            "standing",
                            "graph"));

    /** Where the tested classes lie; tests lie elsewhere and may look everywhere. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Reason.class.getProtectionDomain().getCodeSource().getLocation());

    private static final DescribedPredicate<JavaClass> HAND_WRITTEN =
            DescribedPredicate.not(resideInAPackage(ROOT + ".v1..")).as("hand-written classes");

    private static Set<String> packages() {
        return new TreeSet<>(MAY_USE.keySet());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_usesOnly_whatLiesBelowIt(String name) {
        Set<String> others = packages();
        others.removeAll(MAY_USE.get(name));
        others.remove(name);
        check(noClasses()
                .that(resideInAPackage(ROOT + "." + name + ".."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        others.stream().map(other -> ROOT + "." + other + "..").toArray(String[]::new)))
                .allowEmptyShould(true));
    }

    @Test
    void root_usesNoPackageOfItsOwn() {
        check(noClasses()
                .that(resideInAPackage(ROOT))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages().stream()
                        .map(other -> ROOT + "." + other + "..")
                        .toArray(String[]::new))));
    }

    @Test
    void packages_haveNoCycles() {
        check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
    }

    @Test
    void packages_areAllInTheList() {
        Set<String> found = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            if (each.getPackageName().startsWith(ROOT + ".")) {
                found.add(each.getPackageName().substring(ROOT.length() + 1));
            }
        }
        found.removeAll(packages());
        found.remove("v1");
        check(noClasses()
                .that(resideInAnyPackage(found.stream().map(p -> ROOT + "." + p).toArray(String[]::new)))
                .should()
                .bePublic()
                .allowEmptyShould(true)
                .as("packages that no rule names: " + found));
    }

    @Test
    void handWritten_knowsNoTransportNoLoggingNoFilesNoSockets() {
        check(noClasses()
                .that(HAND_WRITTEN)
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.grpc..",
                        "io.netty..",
                        "org.slf4j..",
                        "java.util.logging..",
                        "java.lang.System.Logger..",
                        "java.nio.file..",
                        "java.net.http.."))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(java.io.File.class, java.net.Socket.class, java.net.ServerSocket.class));
    }

    @Test
    void sql_isKnownToTheLogAlone() {
        check(noClasses()
                .that(DescribedPredicate.not(resideInAPackage(ROOT + ".log")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..")));
    }

    @Test
    void bouncyCastle_isKnownToIdentityAlone() {
        check(noClasses()
                .that(DescribedPredicate.not(resideInAPackage(ROOT + ".identity")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.bouncycastle..")));
    }

    @Test
    void hashesTimeAndRandomness_comeFromTheirOnePlace() {
        check(noClasses()
                .that()
                .doNotBelongToAnyOf(Hashing.class)
                .should()
                .callMethod(MessageDigest.class, "getInstance", String.class)
                .orShould()
                .callMethod(MessageDigest.class, "getInstance", String.class, String.class));
        check(noClasses()
                .that(HAND_WRITTEN)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
