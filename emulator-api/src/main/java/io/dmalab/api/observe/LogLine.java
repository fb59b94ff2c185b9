package io.dmalab.api.observe;

import io.dmalab.api.kernel.Level;

/**
 * A line of the kernel log.
 *
 * @param timeNanos virtual time stamp
 */
public record LogLine(long timeNanos, Level level, String text) {}
