package io.dmalab.api.kernel;

/** The virtual clock of one machine: nanoseconds since boot, and jiffies derived from them. */
public interface Clock {
    /** Nanoseconds since boot of the current instant. */
    long now();

    /** Ticks per second: 100, 250 or 1000. */
    int hz();

    /** Tick counter; as in the kernel it starts at -300 seconds, so that its low 32 bits wrap five minutes after boot. */
    long jiffies();

    /** Ticks for a delay in milliseconds, rounded up. */
    default long msecsToJiffies(long milliseconds) {
        return (milliseconds * hz() + 999) / 1000;
    }
}
