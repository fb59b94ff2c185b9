package io.dmalab.core.kernel;

import io.dmalab.api.timeout.Timing.Range;
import java.util.function.LongUnaryOperator;

/** How long a kernel's sleeps really take, whenever they begin: the timer wheel's rounding, tried at every tick of its coarsest bucket. */
public final class TimerRounding {
    /** Ticks after which the rounding of waits up to a few minutes repeats: buckets of 4096 ticks at most. */
    private static final int TICKS = 4096;

    private final TimerLattice lattice;
    private final int hz;
    private final boolean extraTick;

    /** @param extraTick msleep adds one, as kernels before 6.12 do */
    public TimerRounding(int hz, boolean exact, boolean extraTick) {
        this.lattice = new TimerLattice(hz, exact);
        this.hz = hz;
        this.extraTick = extraTick;
    }

    public Range msleep(long milliseconds) {
        return range(now -> lattice.msleepExpiry(now, milliseconds, extraTick));
    }

    /** Of a timer armed with {@code msecs_to_jiffies}. */
    public Range timer(long milliseconds) {
        return range(now -> lattice.expiry(now, (milliseconds * hz + 999) / 1000));
    }

    private Range range(LongUnaryOperator expiry) {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (long tick = 0; tick < TICKS; tick++) {
            long now = tick * lattice.tickNanos();
            // begun just after a tick, and just before the next
            most = Math.max(most, expiry.applyAsLong(now) - now);
            long late = now + lattice.tickNanos() - 1;
            least = Math.min(least, expiry.applyAsLong(late) - late);
        }
        return new Range(least, most);
    }
}
