package io.dmalab.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.PluginJars;
import io.dmalab.core.machine.Injection;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes two runs of one seed differ is found in a plugin's class files, with the method that has it. */
class ModelRulesTest {
    @TempDir
    Path folder;

    private LoadedPlugin plugin(String body) {
        PluginJars.plugin("dice", "extensions.add(FreePolicy.class, \"dice\", Policy.class, \"x\"); } static Object draw() throws Exception { "
                + body).build(folder.resolve("dice.jar"));
        return PluginLoader.load(Optional.of(folder), Injection.injectors()).plugin("dice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "return Math.random();                                       | java.lang.Math.random                   | randomness",
        "return new java.util.Random(1);                             | java.util.Random.<init>                 | randomness",
        "return java.util.UUID.randomUUID();                         | java.util.UUID.randomUUID               | randomness",
        "return System.nanoTime();                                   | java.lang.System.nanoTime               | the wall clock",
        "return java.time.Instant.now();                             | java.time.Instant.now                   | the wall clock",
        "return java.time.Clock.systemUTC();                         | java.time.Clock.systemUTC               | the wall clock",
        "return java.util.stream.DoubleStream.of(1).parallel().sum();| java.util.stream.DoubleStream.parallel  | threads",
        "return new Thread();                                        | java.lang.Thread.<init>                 | threads",
        "return Thread.startVirtualThread(() -> { });                | java.lang.Thread.startVirtualThread     | threads",
        "return java.util.List.of(1).parallelStream().count();       | java.util.List.parallelStream           | threads",
        "return java.util.concurrent.Executors.newCachedThreadPool();| java.util.concurrent.Executors.newCachedThreadPool | threads"
    })
    void whatIsAgainstTheRulesIsNamed(String body, String uses, String what) {
        assertThat(ModelRules.breaches(plugin(body))).singleElement().satisfies(breach -> {
            assertThat(breach.toString()).startsWith("plugin dice: plug.Pdice.draw uses " + uses + ", " + what);
            assertThat(breach.ban().instead()).isNotBlank();
        });
    }

    @Test
    void insideALambdaTheMethodAroundItIsNamed() {
        assertThat(ModelRules.breaches(plugin("java.util.function.Supplier<Object> s = () -> Math.random(); return s.get();")))
                .singleElement().extracting(ModelRules.Breach::method).isEqualTo("plug.Pdice.draw");
    }

    /** A library's own business, whatever the model must not do. */
    @Test
    void whatIsOnlyBannedInModelCodeIsNotFound() {
        assertThat(ModelRules.breaches(plugin("return System.getProperty(\"user.dir\").toLowerCase() + new java.util.HashMap<>();"))).isEmpty();
    }

    @Test
    void whatIsAllowedIsNotFound() {
        assertThat(ModelRules.breaches(plugin("return Math.max(1, java.time.Duration.ofSeconds(1).toNanos()) + Math.sqrt(2);"))).isEmpty();
    }
}
