package io.dmalab.api.profile;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a component of a profile's record means; {@code dmalab profiles show} prints it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Meaning {
    /** One sentence, without a full stop. */
    String value();

    /** Where it is known from: facts sheet and section, kernel file and version, or a recording; may be empty. */
    String source() default "";
}
