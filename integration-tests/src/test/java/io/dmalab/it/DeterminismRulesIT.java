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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of banned things of docs/determinism.md, looked for in the compiled model. */
class DeterminismRulesIT {
    /** Everything that a machine executes. Loading plugins, reading scenarios, running several machines and reporting are not the model. */
    private static final String[] MODEL = {"io.dmalab.api..", "io.dmalab.core.builtin..", "io.dmalab.core.device..", "io.dmalab.core.kernel..",
        "io.dmalab.core.machine..", "io.dmalab.core.random..", "io.dmalab.core.time..", "io.dmalab.platform..", "io.dmalab.netstack..",
        "io.dmalab.driver.."};

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

    /** @param instead what to write */
    record Ban(String what, Predicate<AccessTarget> target, String instead) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Ban> bans() {
        return Stream.of(
                new Ban("collections in hash order", constructs("java.util.HashMap", "java.util.HashSet", "java.util.Hashtable", "java.util.IdentityHashMap",
                        "java.util.WeakHashMap", "java.util.concurrent.ConcurrentHashMap"),
                        "use LinkedHashMap, LinkedHashSet, TreeMap, ArrayList or an array"),
                new Ban("collectors in hash order", target -> owner(target, "java.util.stream.Collectors") && (named(target, "toSet", "toUnmodifiableSet",
                        "toUnmodifiableMap") || named(target, "toMap") && parameters(target) < 4 || named(target, "groupingBy") && parameters(target) < 3),
                        "use the form that takes a map supplier (LinkedHashMap::new, TreeMap::new), or toList"),
                new Ban("addresses of objects", target -> owner(target, "java.lang.System") && named(target, "identityHashCode"),
                        "give the object a number from a counter of the machine"),
                new Ban("the wall clock", target -> owner(target, "java.lang.System") && named(target, "nanoTime", "currentTimeMillis")
                        || ownerIn(target, "java.time.") && named(target, "now") || owner(target, "java.util.Date"),
                        "use Kernel.clock().now()"),
                new Ban("randomness that is not the seed's", target -> owner(target, "java.util.Random", "java.util.SplittableRandom",
                        "java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom") || owner(target, "java.lang.Math") && named(target, "random")
                        || owner(target, "java.util.UUID") && named(target, "randomUUID") || owner(target, "java.util.Collections") && named(target, "shuffle"),
                        "use Kernel.random().stream(\"what it is for\")"),
                new Ban("functions whose last bit may differ", target -> owner(target, "java.lang.Math") && named(target, "sin", "cos", "tan", "asin", "acos",
                        "atan", "atan2", "sinh", "cosh", "tanh", "exp", "expm1", "log", "log10", "log1p", "pow", "cbrt", "hypot"),
                        "use StrictMath"),
                new Ban("threads", target -> owner(target, "java.lang.Thread", "java.lang.ThreadLocal") || ownerIn(target, "java.util.concurrent.")
                        && !owner(target, "java.util.concurrent.ConcurrentHashMap", "java.util.concurrent.ThreadLocalRandom")
                        || owner(target, "java.lang.Object") && named(target, "wait", "notify", "notifyAll") || named(target, "parallel", "parallelStream"),
                        "use Scheduler.spawn, Kernel.locks(), Completion or a Workqueue"),
                new Ban("the user's locale, charset, zone and environment", target -> owner(target, "java.lang.String")
                        && (named(target, "format") && !firstIs(target, "java.util.Locale") || named(target, "formatted")
                        || named(target, "toLowerCase", "toUpperCase", "getBytes") && parameters(target) == 0)
                        || owner(target, "java.util.Locale", "java.nio.charset.Charset") && named(target, "getDefault", "defaultCharset")
                        || owner(target, "java.util.TimeZone", "java.time.ZoneId") && named(target, "getDefault", "systemDefault")
                        || owner(target, "java.lang.System") && named(target, "getenv", "getProperty"),
                        "use the form with Locale.ROOT or StandardCharsets.UTF_8, or make it an option of the extension"));
    }

    @ParameterizedTest(name = "no {0}")
    @MethodSource("bans")
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
        assertThat(all.that(model())).hasSizeGreaterThan(200);
    }

    /** The rules themselves work: this class breaks one of each kind. */
    @Test
    void theRulesFindWhatTheyLookFor() {
        JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
        assertThat(bans()).allSatisfy(ban -> assertThat(offender.get(Offender.class).getAccessesFromSelf())
                .as("%s", ban).anyMatch(access -> ban.target().test(access.getTarget())));
    }

    static final class Offender {
        Object everything(List<String> list) {
            Thread.yield();
            return Set.of(new java.util.HashMap<String, String>(), list.stream().collect(java.util.stream.Collectors.toSet()),
                    System.identityHashCode(list), System.nanoTime(), Math.random(), Math.log(2), String.format("%d", 1));
        }
    }

    /** All but the composition root, which sets Guice's switch before any machine exists. */
    private static DescribedPredicate<JavaClass> model() {
        return resideInAnyPackage(MODEL).and(DescribedPredicate.not(simpleName("Injection")));
    }

    private static ArchCondition<JavaClass> reach(Ban ban) {
        return new ArchCondition<>("use " + ban.what()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (ban.target().test(access.getTarget())) {
                        events.add(SimpleConditionEvent.satisfied(access, access.getDescription() + ": " + ban.instead()));
                    }
                }
            }
        };
    }

    private static Predicate<AccessTarget> constructs(String... types) {
        return target -> named(target, "<init>") && owner(target, types);
    }

    private static boolean owner(AccessTarget target, String... types) {
        return List.of(types).contains(target.getOwner().getName());
    }

    private static boolean ownerIn(AccessTarget target, String packagePrefix) {
        return target.getOwner().getName().startsWith(packagePrefix);
    }

    private static boolean named(AccessTarget target, String... names) {
        return List.of(names).contains(target.getName());
    }

    private static int parameters(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget call ? call.getRawParameterTypes().size() : 0;
    }

    private static boolean firstIs(AccessTarget target, String type) {
        return target instanceof AccessTarget.CodeUnitAccessTarget call && !call.getRawParameterTypes().isEmpty()
                && call.getRawParameterTypes().getFirst().getName().equals(type);
    }
}
