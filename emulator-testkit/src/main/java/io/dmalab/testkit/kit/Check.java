package io.dmalab.testkit.kit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/** A check of the kit: the rule it holds a plugin to, and the Javadoc that states it. An inherited test. */
@Test
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Check {
    /** The rule as one sentence without a full stop: the test's display name. */
    String rule();

    /** Type or method of emulator-api whose Javadoc states it, or a page of docs. */
    String stated();
}
