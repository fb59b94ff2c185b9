package io.dmalab.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given policies side by side on the same seeds. The machines run on all processors.
 *
 * {@snippet :
 * @CompareTest(scenario = "dlpar-remove-under-load", policies = {"legacy", "unmap-at-destroy"}, seeds = "1..20")
 * void theDefectIsThereAndCured(Comparison comparison) {
 *     assertThat(comparison).policy("legacy").findsInEveryRun(FindingKind.USE_AFTER_FREE);
 *     assertThat(comparison).policy("unmap-at-destroy").hasNoForbiddenFinding();
 * }
 * }
 *
 * <p>Parameters are resolved by their types: {@link io.dmalab.core.run.Comparison}, {@link io.dmalab.core.run.RunRequest} (with the first
 * seed), {@link io.dmalab.core.scenario.Scenario}, {@link io.dmalab.core.Emulator}. Everything else is as for {@link EmulatorTest}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(CompareTemplate.class)
public @interface CompareTest {
    /** As {@link EmulatorTest#scenario}. */
    String scenario() default "";

    /** As {@link EmulatorTest#scenarioFrom}. */
    String scenarioFrom() default "";

    /** With their options; at least one. */
    String[] policies();

    /** One seed or one range, {@code 1..20}; empty means the scenario's own seed alone. */
    String seeds() default "";

    /** As {@link EmulatorTest#set}. */
    String[] set() default {};
}
