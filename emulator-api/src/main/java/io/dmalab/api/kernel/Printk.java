package io.dmalab.api.kernel;

import java.util.function.Supplier;

/** The kernel log (kernel/printk, lib/ratelimit.c, lib/dump_stack.c). Any context. Lines carry no time stamp and no newline. */
public interface Printk {
    void print(Level level, String line);

    /** As {@link #print(Level, String)}; the line is made only if anybody will see it ({@link Trace#heard}). The time it takes is spent. */
    default void print(Level level, Supplier<String> line) {
        print(level, line.get());
    }

    default void info(String line) {
        print(Level.INFO, line);
    }

    default void warn(String line) {
        print(Level.WARNING, line);
    }

    default void err(String line) {
        print(Level.ERR, line);
    }

    /**
     * printk_ratelimit(): one state for the whole kernel, 10 per 5 s. True if the caller may print. May itself print the
     * {@code N callbacks suppressed} line first.
     *
     * @param function kernel name of the caller, shown in that line
     */
    boolean ratelimit(String function);

    /** dump_stack(): CPU line, hardware line, workqueue line if any, and the call trace of the running context. */
    void dumpStack();

    /** WARN(): the cut line, the warning, registers left out, the call trace. */
    void warnOn(String function, String message);

    /** What %p prints: a deterministic pseudo-hash of the object's address, 16 hex digits with the upper half zero. */
    String pointer(KernelObject object);

    /** What {@code %p} prints for an address: the same hash as for the object that is there. */
    String pointer(long address);
}
