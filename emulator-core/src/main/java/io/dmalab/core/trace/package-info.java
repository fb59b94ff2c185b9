/** The kernel's trace text (/sys/kernel/tracing/trace, trace-cmd report): written from a run's events, and read back as events. */
package io.dmalab.core.trace;
