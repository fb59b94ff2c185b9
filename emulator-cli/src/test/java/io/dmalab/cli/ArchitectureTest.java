package io.dmalab.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of DESIGN.md section 1, and what may not occur in code whose results must be the same everywhere. */
class ArchitectureTest {
    /** Annotations that say how far an API can be relied on; nobody needs them at run time. */
    private static final String STATUS = "org.apiguardian.api";
    private static final String API = "io.dmalab.api..";
    private static final String CORE = "io.dmalab.core..";
    private static final String CLI = "io.dmalab.cli..";
    private static final String PLATFORMS = "io.dmalab.platform..";
    private static final String IOMMU = "io.dmalab.iommu..";
    private static final String NETSTACK = "io.dmalab.netstack..";
    private static final String DRIVER = "io.dmalab.driver..";

    /** Packages whose code a run's digest depends on. */
    private static final String[] MODEL = {
        API, "io.dmalab.core.kernel..", "io.dmalab.core.device..", "io.dmalab.core.machine..", "io.dmalab.core.builtin..",
                "io.dmalab.core.time..",
        "io.dmalab.core.random..", PLATFORMS, IOMMU, NETSTACK, DRIVER
    };

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.dmalab");
    }

    @Test
    void everyRoomIsLookedAt() {
        for (String room : List.of("io.dmalab.api.EmulatorPlugin", "io.dmalab.core.machine.Machine", "io.dmalab.cli.Main",
                "io.dmalab.netstack.NetstackPlugin",
                "io.dmalab.driver.mlx.MlxPlugin", "io.dmalab.iommu.IommuPlugin", "io.dmalab.platform.pci.PciPlugin",
                "io.dmalab.platform.pseries.hypervisor.Hypervisor")) {
            assertThat(classes.contain(room)).as(room).isTrue();
        }
    }

    private static ArchRule arrow(String from, String because, String... never) {
        return noClasses().that().resideInAPackage(from).should()
                .dependOnClassesThat(resideInAnyPackage(never).and(not(resideInAPackage(STATUS)))).because(because);
    }

    @TestFactory
    Stream<DynamicTest> arrows() {
        return Stream.of(
                arrow(API, "the API stands alone", CORE, CLI, PLATFORMS, IOMMU, NETSTACK, DRIVER, "com..", "org..", "tools.."),
                arrow(CORE, "the core never names a plugin, nor the command line", CLI, PLATFORMS, IOMMU, NETSTACK, DRIVER,
                        "info.picocli.."),
                arrow(PLATFORMS, "plugins see the API only, never the core", CORE, CLI, NETSTACK, DRIVER),
                arrow(IOMMU, "what platforms stand on knows none of them", CORE, CLI, PLATFORMS, NETSTACK, DRIVER),
                arrow("io.dmalab.platform.pseries..", "pSeries has no part in the generic layer", IOMMU, "io.dmalab.platform.pci..",
                        "io.dmalab.platform.smmu..", "io.dmalab.platform.s390.."),
                arrow("io.dmalab.platform.pci..", "slots serve other platforms and know none", IOMMU, "io.dmalab.platform.pseries..",
                        "io.dmalab.platform.smmu..", "io.dmalab.platform.s390.."),
                arrow(NETSTACK, "plugins see the API only, never the core", CORE, CLI, PLATFORMS, IOMMU, DRIVER),
                arrow(DRIVER, "a driver sees the API and the network stack", CORE, CLI, PLATFORMS, IOMMU),
                arrow(CLI, "the command line finds plugins through ServiceLoader alone", PLATFORMS, IOMMU, NETSTACK, DRIVER))
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes)));
    }

    @Test
    @DisplayName("Guice is named in the composition root only")
    void guice() {
        noClasses().that().resideOutsideOfPackage("io.dmalab.core.machine..").should().dependOnClassesThat()
                .resideInAPackage("com.google.inject..")
                .because("everything else uses jakarta.inject; see io.dmalab.core.machine.Injection").check(classes);
    }

    @Test
    @DisplayName("Jackson and picocli stay at the edges")
    void edges() {
        // the JSON of recordings is an edge of its platform
        noClasses().that().resideInAnyPackage(MODEL).and().haveNameNotMatching(".*\\.recording\\.JsonLine(\\$.*)?").should().dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "picocli..", "org.snakeyaml..", "org.apache.commons..")
                .check(classes);
    }

    @Test
    @DisplayName("no static state: two machines in one JVM never touch")
    void noStatics() {
        fields().that().areStatic().and().areDeclaredInClassesThat().resideInAPackage("io.dmalab..").and()
                .doNotHaveName("$assertionsDisabled")
                .should().beFinal().because("one object graph per machine holds all state; use a @MachineScoped class").check(classes);
        noFields().that().areStatic().and().areDeclaredInClassesThat().resideInAnyPackage(MODEL)
                .should().haveRawType(DescribedPredicate.describe("a mutable collection", (JavaClass type) ->
                        List.of("java.util.ArrayList", "java.util.HashMap",
                        "java.util.LinkedHashMap", "java.util.TreeMap", "java.util.concurrent.ConcurrentHashMap").contains(type.getName())))
                                .check(classes);
    }

    private record Banned(String what, String replacement, DescribedPredicate<JavaCall<?>> calls) {}

    private static Banned method(Class<?> type, String method, String replacement) {
        return new Banned(type.getSimpleName() + "." + method, replacement,
                DescribedPredicate.describe(type.getSimpleName() + "." + method, call -> target(owner(JavaClass.Predicates.type(type)))
                        .and(target(name(method))).test(call)));
    }

    private static Banned made(Class<?> type, String replacement) {
        return method(type, "<init>", replacement);
    }

    private static Banned signature(Class<?> type, String method, String replacement, Class<?>... parameters) {
        List<String> names = Stream.of(parameters).map(Class::getName).toList();
        return new Banned(type.getSimpleName() + "." + method + names, replacement, DescribedPredicate.describe(method, call ->
                call.getTargetOwner().isEquivalentTo(type) && call.getName().equals(method)
                        && call.getTarget().getRawParameterTypes().stream().map(JavaClass::getName).toList().equals(names)));
    }

    @TestFactory
    @DisplayName("banned in model code")
    Stream<DynamicTest> determinism() {
        return Stream.of(
                method(System.class, "nanoTime", "kernel.clock().now()"),
                method(System.class, "currentTimeMillis", "kernel.clock().now()"),
                method(java.time.Instant.class, "now", "kernel.clock().now()"),
                method(System.class, "identityHashCode", "a number that the machine gives out itself"),
                method(System.class, "getProperty", "an option of the scenario"),
                method(System.class, "getenv", "an option of the scenario"),
                method(Math.class, "random", "kernel.random().stream(\"name\")"),
                made(java.util.Random.class, "kernel.random().stream(\"name\")"),
                method(java.util.concurrent.ThreadLocalRandom.class, "current", "kernel.random().stream(\"name\")"),
                method(java.util.UUID.class, "randomUUID", "kernel.random().stream(\"name\")"),
                method(Math.class, "log", "StrictMath"), method(Math.class, "exp", "StrictMath"), method(Math.class, "pow", "StrictMath"),
                method(Math.class, "sin", "StrictMath"), method(Math.class, "cos", "StrictMath"), method(Math.class, "tan", "StrictMath"),
                method(Math.class, "log10", "StrictMath"), method(Math.class, "cbrt", "StrictMath"),
                method(Thread.class, "sleep", "kernel.sched().msleep(...)"),
                method(Thread.class, "currentThread", "kernel.sched().current()"),
                method(Object.class, "wait", "kernel.locks().completion(...)"),
                method(Object.class, "notifyAll", "kernel.locks().completion(...)"),
                made(java.util.HashSet.class, "LinkedHashSet or TreeSet: their order is the same everywhere"),
                made(java.util.IdentityHashMap.class, "LinkedHashMap"),
                made(java.util.WeakHashMap.class, "LinkedHashMap"),
                made(java.util.concurrent.ConcurrentHashMap.class, "LinkedHashMap: a machine has one thread"),
                method(java.util.Set.class, "of", "List.of or EnumSet: the order of Set.of differs from JVM to JVM"),
                method(java.util.Set.class, "copyOf", "LinkedHashSet: the order of Set.copyOf differs from JVM to JVM"),
                method(java.util.stream.Collectors.class, "toSet", "Collectors.toCollection(LinkedHashSet::new)"),
                method(java.util.Collection.class, "parallelStream", "stream()"),
                signature(String.class, "toLowerCase", "toLowerCase(Locale.ROOT)"),
                signature(String.class, "toUpperCase", "toUpperCase(Locale.ROOT)"),
                signature(String.class, "getBytes", "getBytes(StandardCharsets.UTF_8)"),
                signature(String.class, "format", "String.format(Locale.ROOT, ...)", String.class, Object[].class),
                signature(String.class, "formatted", "String.format(Locale.ROOT, ...)", Object[].class))
                .map(banned -> DynamicTest.dynamicTest(banned.what(), () -> noClasses().that().resideInAnyPackage(MODEL)
                        .should().callCodeUnitWhere(banned.calls()).as("model code does not use " + banned.what())
                        .because("results must be the same on every machine; use " + banned.replacement()).check(classes)));
    }

    /** Tables that are only looked up in: a pure function of a class, and the factors of units. */
    private static final List<String> LOOKUPS = List.of("io.dmalab.core.kernel.StackTraces", "io.dmalab.api.config.");

    @Test
    @DisplayName("banned in model code: HashMap, and Map.of, whose order differs from JVM to JVM")
    void hashMaps() {
        DescribedPredicate<JavaCall<?>> unordered = DescribedPredicate.describe("an unordered map is made", call ->
                call.getTargetOwner().isEquivalentTo(java.util.HashMap.class) && call.getName().equals("<init>")
                        || call.getTargetOwner().isEquivalentTo(java.util.Map.class) && List.of("of", "ofEntries", "copyOf")
                                .contains(call.getName()));
        DescribedPredicate<JavaClass> elsewhere = DescribedPredicate.describe("are not look-up tables", type -> LOOKUPS.stream()
                .noneMatch(type.getName()::startsWith));
        noClasses().that().resideInAnyPackage(MODEL).and(elsewhere).should().callCodeUnitWhere(unordered)
                .because("iterating it would give another order on another JVM; use LinkedHashMap, TreeMap, EnumMap or arrays")
                        .check(classes);
    }
}
