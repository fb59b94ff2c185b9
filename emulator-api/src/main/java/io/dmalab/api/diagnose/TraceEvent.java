package io.dmalab.api.diagnose;

/**
 * One line of ftrace text or of {@code trace-cmd report}.
 *
 * @param event   name without its system, e.g. {@code hcall_exit}
 * @param payload what its TP_printk printed
 */
public record TraceEvent(Place place, String comm, int pid, int cpu, String event, String payload) implements LogItem {}
