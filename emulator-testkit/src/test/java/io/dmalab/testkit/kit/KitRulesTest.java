package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the kits say of their rules: each once, in one sentence, and stated where they say. */
class KitRulesTest {
    private static final List<String> PACKAGES = List.of("io.dmalab.api", "io.dmalab.api.config", "io.dmalab.api.device",
            "io.dmalab.api.dma",
            "io.dmalab.api.kernel", "io.dmalab.api.net", "io.dmalab.api.observe", "io.dmalab.api.policy", "io.dmalab.core.scenario");

    static Stream<Class<?>> kits() {
        return Stream.of(FreePolicyKit.class, DmaAllocatorKit.class, IommuBackendKit.class, HotplugNotifierKit.class, DeviceDriverKit.class,
                BufferHolderKit.class, WorkloadKit.class, ObserverKit.class);
    }

    private static List<Check> checks(Class<?> kit) {
        List<Check> checks = new ArrayList<>();
        for (Class<?> type = kit; type != Object.class; type = type.getSuperclass()) {
            Arrays.stream(type.getDeclaredMethods()).filter(method -> method.isAnnotationPresent(Check.class))
                    .forEach(method -> checks.add(method.getAnnotation(Check.class)));
        }
        return checks;
    }

    @ParameterizedTest
    @MethodSource("kits")
    void aKitHasAboutFiftyRulesEachOfThemOnce(Class<?> kit) {
        assertThat(checks(kit)).hasSizeGreaterThan(45).extracting(Check::rule).doesNotHaveDuplicates()
                .allSatisfy(rule -> assertThat(rule).isNotBlank().doesNotEndWith(".").doesNotContain("\n"));
    }

    @ParameterizedTest
    @MethodSource("kits")
    void everyRuleIsStatedWhereItSays(Class<?> kit) {
        assertThat(checks(kit)).allSatisfy(check -> assertThat(check.stated().split(", ")[0]).as("where '%s' is stated", check.rule())
                .matches(KitRulesTest::exists, "names a page, a type or a member of a type"));
    }

    private static boolean exists(String place) {
        if (place.endsWith(".md")) {
            return Files.exists(Path.of(System.getProperty("dmalab.root"), place));
        }
        String[] names = place.split("\\.");
        return names.length <= 2 && type(names[0]).filter(type -> names.length == 1 || hasMember(type, names[1])).isPresent();
    }

    private static Optional<Class<?>> type(String name) {
        for (String candidate : PACKAGES) {
            try {
                return Optional.of(Class.forName(candidate + "." + name));
            } catch (ClassNotFoundException e) {
                // the next package
            }
        }
        return Optional.empty();
    }

    private static boolean hasMember(Class<?> type, String name) {
        return Stream.of(Arrays.stream(type.getMethods()).map(m -> m.getName()), Arrays.stream(type.getFields()).map(f -> f.getName()),
                Arrays.stream(type.getDeclaredClasses()).map(Class::getSimpleName)).flatMap(names -> names).anyMatch(name::equals);
    }
}
