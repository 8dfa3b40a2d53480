package dev.openmath;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** The borders between the parts of the program. */
@AnalyzeClasses(packages = "dev.openmath", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String API = "dev.openmath.api..";
    private static final String OPERATOR = "dev.openmath.operator..";
    private static final String WORKER = "dev.openmath.worker..";

    private static final Set<String> WRITES = Set.of(
            "create",
            "createOr",
            "createOrReplace",
            "update",
            "updateStatus",
            "replace",
            "replaceStatus",
            "patch",
            "patchStatus",
            "edit",
            "editStatus",
            "delete",
            "serverSideApply",
            "scale",
            "evict");

    /** What decides, builds or describes: given everything it needs, the clock too. */
    private static final DescribedPredicate<JavaClass> PURE = describe(
            "decide, build desired objects or make statuses, or grade",
            c -> c.getSimpleName().endsWith("StatusFactory")
                    || (c.getSimpleName().endsWith("Plan") && c.getPackageName().startsWith("dev.openmath.operator"))
                    || c.getMethods().stream().anyMatch(m -> m.getName().equals("desired"))
                    || c.getPackageName().startsWith("dev.openmath.worker.grading"));

    @ArchTest
    static final ArchRule apiDependsOnNeitherSide = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(OPERATOR, WORKER);

    @ArchTest
    static final ArchRule operatorDoesNotKnowWorker = noClasses()
            .that()
            .resideInAPackage(OPERATOR)
            .should()
            .dependOnClassesThat(resideInAnyPackage(WORKER, "software.amazon.awssdk.."));

    @ArchTest
    static final ArchRule workerDoesNotKnowOperator = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(OPERATOR);

    @ArchTest
    static final ArchRule workerHasNoKubernetesClient = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClientBuilder");

    @ArchTest
    static final ArchRule pureClassesDoNoInputOrOutput = noClasses()
            .that(PURE)
            .should()
            .dependOnClassesThat(describe(
                    "do input or output",
                    c -> c.isEquivalentTo(Files.class)
                            || c.isEquivalentTo(File.class)
                            || c.isEquivalentTo(FileInputStream.class)
                            || c.isEquivalentTo(FileOutputStream.class)
                            || c.isEquivalentTo(RandomAccessFile.class)
                            || c.isEquivalentTo(Socket.class)
                            || c.isEquivalentTo(HttpClient.class)
                            || c.getName().equals("io.fabric8.kubernetes.client.KubernetesClient")));

    @ArchTest
    static final ArchRule pureClassesReadNoClock = noClasses()
            .that(PURE)
            .should()
            .accessTargetWhere(describe("read a clock of their own", ArchitectureTest::readsClock));

    @ArchTest
    static final ArchRule onlyReconcilersAndEventsWrite = noClasses()
            .that()
            .resideInAPackage(OPERATOR)
            .and()
            .haveSimpleNameNotEndingWith("Reconciler")
            .and()
            .doNotHaveFullyQualifiedName("dev.openmath.operator.Events")
            .should()
            .accessTargetWhere(describe(
                    "write to the API server",
                    access -> access.getTargetOwner().getPackageName().startsWith("io.fabric8.kubernetes.client.dsl")
                            && WRITES.contains(access.getTarget().getName())));

    @ArchTest
    static final ArchRule namesSayWhatAClassIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

    @ArchTest
    static final ArchRule reconcilersAreNamedSo = classes()
            .that()
            .implement("io.javaoperatorsdk.operator.api.reconciler.Reconciler")
            .should()
            .haveSimpleNameEndingWith("Reconciler");

    @ArchTest
    static void packagesAreNullMarked(JavaClasses all) {
        List<String> unmarked = all.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(p -> !p.getClasses().isEmpty() && !p.isAnnotatedWith(NullMarked.class))
                .map(p -> p.getName())
                .sorted()
                .toList();
        assertThat(unmarked)
                .as("packages without @NullMarked in package-info.java")
                .isEmpty();
    }

    private static boolean readsClock(JavaAccess<?> access) {
        String name = access.getTarget().getName();
        JavaClass owner = access.getTargetOwner();
        return (owner.getPackageName().equals("java.time") && name.equals("now"))
                || (owner.isEquivalentTo(Clock.class) && name.startsWith("system"))
                || (owner.isEquivalentTo(System.class)
                        && Set.of("currentTimeMillis", "nanoTime").contains(name));
    }
}
