package io.dmalab.api.diagnose;

/**
 * One line that the kernel printed.
 *
 * @param text without its prefix, stripped at both ends
 */
public record Message(Place place, String text) implements LogItem {}
