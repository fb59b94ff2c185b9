package io.dmalab.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of an extension's options record. The record is public and in an exported or opened package; its components are of type
 * {@link Span}, {@link ByteSize}, {@link Rate}, {@link BitRate}, {@link HoldTime}, {@code int}, {@code long}, {@code double},
 * {@code boolean}, {@link String}, an enum (written in kebab-case), or {@link java.util.Optional} or {@link java.util.List} of one of
 * these. The name in scenarios is the component's in kebab-case. Ranges are checked by the record's compact constructor; its
 * IllegalArgumentException is shown at the option's place in the user's file.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {
    /** The default, as one would write it in a scenario; empty: required, or an empty Optional or List. */
    String value() default "";

    /** What it is, with its unit and range, in one sentence. */
    String doc();
}
