package io.dmalab.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.dmalab.core.plugin.Ban;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/determinism.md bans ({@link Ban}), looked for in the compiled model; the page's table is made of the same list. */
class DeterminismRulesIT {
    /** Loading plugins, reading scenarios and recordings, running several machines and reporting are not the model; a machine executes all the rest. */
    private static final String[] NOT_THE_MODEL = {"io.dmalab.core", "io.dmalab.core.explore..", "io.dmalab.core.fiber..", "io.dmalab.core.imported..",
        "io.dmalab.core.log..", "io.dmalab.core.plugin..", "io.dmalab.core.run..", "io.dmalab.core.scenario..", "io.dmalab.core.schema..",
        "io.dmalab.core.trace..", "io.dmalab.cli..", "io.dmalab.testkit.."};
    private static final Path PAGE = Path.of(System.getProperty("dmalab.root")).resolve("docs/determinism.md");
    private static final String TABLE = "| banned | members | why | instead |\n|---|---|---|---|\n";

    private static JavaClasses all;

    @BeforeAll
    static void read() throws IOException {
        List<JarFile> jars = Dist.ourJars().stream().map(DeterminismRulesIT::open).toList();
        all = new ClassFileImporter().importJars(jars);
        for (JarFile jar : jars) {
            jar.close();
        }
    }

    private static JarFile open(Path jar) {
        try {
            return new JarFile(jar.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "no {0}")
    @EnumSource
    void modelUsesNo(Ban ban) {
        ArchRule rule = classes().that(model()).should(not(reach(ban))).because(ban.instead());
        rule.check(all);
    }

    @Test
    void modelHasNoStaticsThatChange() {
        fields().that().areDeclaredInClassesThat(model()).and().areStatic().and().doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should().beFinal().because("two machines of one JVM would meet in them; use a @MachineScoped class").check(all);
    }

    @Test
    void theRulesSeeTheWholeModel() {
        assertThat(all).extracting(JavaClass::getPackageName).filteredOn(name -> !name.startsWith("io.dmalab")).isEmpty();
        assertThat(all.that(model())).extracting(JavaClass::getPackageName).contains("io.dmalab.core.kernel", "io.dmalab.api.kernel",
                "io.dmalab.iommu.core", "io.dmalab.iommu.iova", "io.dmalab.netstack", "io.dmalab.driver.mlx", "io.dmalab.platform.smmu");
    }

    /** The rules themselves work: this class breaks one of each kind. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void theRulesFindWhatTheyLookFor(Ban ban) {
        JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
        assertThat(offender.get(Offender.class).getAccessesFromSelf()).anyMatch(access -> ban.covers(member(access.getTarget())));
        JavaClasses model = new ClassFileImporter().importClasses(Harmless.class);
        assertThat(model.get(Harmless.class).getAccessesFromSelf()).noneMatch(access -> ban.covers(member(access.getTarget())));
    }

    /** With {@code -Dgolden.update=true} the table is written anew. */
    @Test
    void thePageHasTheWholeList() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(TABLE);
        assertThat(start).as("a table of docs/determinism.md begins so: %s", TABLE).isNotNegative();
        String rows = Stream.of(Ban.values()).map(ban -> ban.row() + "\n").collect(Collectors.joining());
        String wanted = page.substring(0, start) + TABLE + rows + page.substring(page.indexOf("\n\n", start) + 1);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE)).as("docs/determinism.md; -Dgolden.update=true writes its table anew").isEqualTo(wanted);
    }

    static final class Offender {
        Object everything(List<String> list) {
            Thread.yield();
            return Set.of(new java.util.HashMap<String, String>(), list.stream().collect(Collectors.toSet()),
                    System.identityHashCode(list), System.nanoTime(), Math.random(), Math.log(2), String.format("%d", 1));
        }
    }

    /** As near to what is banned as can be. */
    static final class Harmless {
        Object everything(List<String> list) {
            return List.of(new java.util.LinkedHashMap<String, String>(), list.stream().collect(Collectors.toCollection(TreeSet::new)),
                    list.stream().collect(Collectors.toMap(word -> word, String::length, Integer::sum, TreeMap::new)), Math.abs(-2),
                    StrictMath.log(2), String.format(Locale.ROOT, "%d", 1), "A".toLowerCase(Locale.ROOT));
        }
    }

    /** Without the composition root, which sets Guice's switch before any machine exists. */
    private static DescribedPredicate<JavaClass> model() {
        return DescribedPredicate.not(resideInAnyPackage(NOT_THE_MODEL).or(simpleName("Injection")));
    }

    private static ArchCondition<JavaClass> reach(Ban ban) {
        return new ArchCondition<>("use " + ban.what()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (ban.covers(member(access.getTarget()))) {
                        events.add(SimpleConditionEvent.satisfied(access, access.getDescription() + ": " + ban.instead()));
                    }
                }
            }
        };
    }

    private static Ban.Member member(AccessTarget target) {
        List<String> parameters = target instanceof AccessTarget.CodeUnitAccessTarget call
                ? call.getRawParameterTypes().stream().map(JavaClass::getSimpleName).toList() : List.of();
        return new Ban.Member(target.getOwner().getName(), target.getName(), parameters);
    }
}
