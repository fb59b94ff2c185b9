package io.dmalab.core.run;

import java.util.OptionalLong;

/**
 * A quantile of runs with its 95 % interval, which two of the observed values bound.
 *
 * @param value the observed value of that rank
 * @param low   lower end; empty if there are too few runs to give one
 * @param high  upper end; empty likewise: 50 runs say nothing about how large the 99 % quantile is at most
 */
public record Quantile(long value, OptionalLong low, OptionalLong high) {}
