package io.dmalab.core.kernel;

import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.Printk;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The kernel log (kernel/printk/printk.c, v6.14). Lines get the time of the context that prints them, made monotonic as the kernel's clock
 * is; a line costs CPU time. Left out: console loglevels, a slow console, the ring's size.
 */
public final class LogBuffer implements Printk {
    /** Formatting and storing one record. */
    private static final long LINE_NANOS = 3_000;
    private static final int RATELIMIT_SECONDS = 5;
    private static final int RATELIMIT_BURST = 10;

    private final SimScheduler sched;
    private final TraceLog trace;
    private final List<Observer> observers = new ArrayList<>();
    private final StackDump dump;
    private final long pointerKey;
    private final Ratelimit global;
    private final List<LogLine> lines = new ArrayList<>();
    private long last;

    LogBuffer(KernelConfig config, SimScheduler sched, TraceLog trace) {
        this.sched = sched;
        this.trace = trace;
        observers.addAll(config.observers());
        this.pointerKey = Symbols.mix(config.seed());
        this.global = new Ratelimit((long) RATELIMIT_SECONDS * config.hz(), RATELIMIT_BURST);
        this.dump = new StackDump(config, sched, this);
    }

    /** {@code [%5lu.%06lu] }: the prefix of a log line, with the blank behind it. */
    public static String stamp(long nanos) {
        return String.format(Locale.ROOT, "[%5d.%06d] ", nanos / 1_000_000_000L, nanos / 1000 % 1_000_000);
    }

    /** A line as dmesg shows it. */
    public static String format(LogLine line) {
        return stamp(line.timeNanos()) + line.text();
    }

    void observe(Observer observer) {
        observers.add(observer);
    }

    /** Every line so far. */
    public List<LogLine> lines() {
        return Collections.unmodifiableList(lines);
    }

    /** The dump routines, for reports that are more than a line. */
    StackDump dump() {
        return dump;
    }

    @Override
    public void print(Level level, String line) {
        print(level, () -> line);
    }

    @Override
    public void print(Level level, Supplier<String> line) {
        last = Math.max(last, sched.now() + sched.current.debt);
        if (trace.heard()) {
            LogLine record = new LogLine(last, level, line.get());
            lines.add(record);
            trace.mixLog(record);
            for (Observer observer : observers) {
                observer.log(record);
            }
        }
        sched.spend(LINE_NANOS);
    }

    @Override
    public boolean ratelimit(String function) {
        int missed = global.expire(sched.lattice().jiffies(sched.now() + sched.current.debt));
        if (missed > 0) {
            warn(function + ": " + missed + " callbacks suppressed");
        }
        return global.take();
    }

    @Override
    public void dumpStack() {
        dump.dumpStack();
    }

    @Override
    public void warnOn(String function, String message) {
        dump.warn(function, message);
    }

    @Override
    public String pointer(KernelObject object) {
        return pointer(object.address());
    }

    @Override
    public String pointer(long address) {
        return Symbols.hashedPointer(address, pointerKey);
    }
}
