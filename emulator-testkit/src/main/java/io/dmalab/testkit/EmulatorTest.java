package io.dmalab.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given what runs found: it is invoked once for each policy and each seed.
 *
 * {@snippet :
 * @EmulatorTest(scenario = "dlpar-remove-under-load", policy = "unmap-at-destroy", seeds = "1..20")
 * void nothingTouchesTheFreedTable(RunResult result) {
 *     assertThat(result).hasNoForbiddenFinding().removedWithin(Duration.ofSeconds(1));
 * }
 * }
 *
 * <p>Parameters are resolved by their types: {@link io.dmalab.core.run.RunResult} (the machine is run when a parameter asks for it),
 * {@link io.dmalab.core.run.EventLog} (the events of that run), {@link io.dmalab.core.run.RunRequest} and
 * {@link io.dmalab.core.scenario.Scenario} (what is to be run), {@link io.dmalab.core.Emulator}. A test that fails says with which
 * command the run is seen again, whatever assertion it failed with.
 *
 * <p>May stand on an annotation of one's own, so that tests share a scenario. The plugins are those on the module path or class path; a
 * folder of drop-in jars and one of scenarios can be named by the JUnit configuration parameters {@code dmalab.plugins} and
 * {@code dmalab.scenarios}. They are loaded once for all tests. A name that does not exist, or a value that cannot be used, fails the test
 * before its first invocation, with one line that says what to do.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(RunTemplate.class)
public @interface EmulatorTest {
    /** Id of a scenario, path of a YAML file ({@code src/test/resources/mine.yaml}), or a resource: {@code classpath:/mine.yaml}. */
    String scenario() default "";

    /**
     * Instead of {@link #scenario}: a static method without parameters that returns a {@link io.dmalab.core.scenario.Scenario}, by its name
     * if it is the test class's own, else as {@code com.example.Scenarios#slowReader}.
     */
    String scenarioFrom() default "";

    /** Policies with their options, {@code wait-for-drain,cap=10s}; none means the scenario's own. */
    String[] policy() default {};

    /** {@code 7}, {@code 1..100}, {@code 1,5,9..12}; empty means the scenario's own. At most 100000. */
    String seeds() default "";

    /** Other values in the scenario, {@code KEY=VALUE} as {@code dmalab run --set} takes them: {@code memory.kasan=off}. */
    String[] set() default {};

    /** Observers of plugins with their options, {@code ftrace,file=target/run.trace}. */
    String[] observe() default {};

    /** After every event the books of the DMA API are held against the backends': slow, with the same results. */
    boolean paranoid() default false;
}
