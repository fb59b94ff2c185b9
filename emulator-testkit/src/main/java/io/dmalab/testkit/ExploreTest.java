package io.dmalab.testkit;

import io.dmalab.core.explore.Plan;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given what the interleavings of a small world come to: it is invoked once for each policy.
 *
 * {@snippet :
 * @ExploreTest(scenario = "seed-race", policy = "unmap-at-destroy")
 * void noInterleavingDoesHarm(Exploration exploration) {
 *     assertThat(exploration).isSafe();
 * }
 * }
 *
 * <p>Parameters are resolved by their types: {@link io.dmalab.core.run.Exploration}, {@link io.dmalab.core.run.RunRequest},
 * {@link io.dmalab.core.scenario.Scenario}, {@link io.dmalab.core.Emulator}. Everything else is as for {@link EmulatorTest}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(ExploreTemplate.class)
public @interface ExploreTest {
    /** As {@link EmulatorTest#scenario}; {@code dmalab explore worlds} names the small ones that are shipped. */
    String scenario() default "";

    /** As {@link EmulatorTest#scenarioFrom}. */
    String scenarioFrom() default "";

    /** As {@link EmulatorTest#policy}. */
    String[] policy() default {};

    /** As {@link EmulatorTest#set}. */
    String[] set() default {};

    /** Which interleavings are looked at. */
    Plan.Kind strategy() default Plan.Kind.EXHAUSTIVE;

    /** Preemptions for {@code PREEMPTIONS}, ordering constraints for {@code PCT}; at least 0. */
    int bound() default 2;

    /** The most executions, at least 1. */
    long executions() default 1_000_000;

    /** The longest it may take, looked at between executions: {@code 30s}. */
    String time() default "10min";

    /** Goes on after the first violation, and collects those that differ. */
    boolean findAll() default false;
}
