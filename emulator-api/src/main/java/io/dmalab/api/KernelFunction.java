package io.dmalab.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a Java method that stands for a kernel function. Call traces in logs and findings are the real Java call stack,
 * reduced to the frames that carry this annotation and shown under the kernel's name.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface KernelFunction {
    /** The kernel symbol, e.g. {@code "iommu_free"}. */
    String value();

    /** The kernel module that holds the symbol, empty for built-in code; printed as {@code [mlx5_core]}. */
    String module() default "";
}
