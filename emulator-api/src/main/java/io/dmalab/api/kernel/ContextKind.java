package io.dmalab.api.kernel;

/** The kernel's execution contexts, in order of priority at one instant. */
public enum ContextKind {
    /** Interrupt handler; must not sleep. */
    HARDIRQ,
    /** Timer callback (runs as softirq in the kernel, before the others at one instant); must not sleep. */
    TIMER,
    /** NET_RX, NET_TX and tasklets; must not sleep. */
    SOFTIRQ,
    /** A process or kernel thread; may sleep unless it holds a spin lock. */
    TASK
}
