package io.dmalab.core.kernel;

/**
 * When a kernel timer really fires (kernel/time/timer.c, calc_wheel_index, v6.14): buckets of 64, each level eight times coarser than the
 * one before, and always rounded up. Left out: the cut-off of timers beyond the last level (139 days at HZ 1000), migration between CPUs
 * and deferrable timers.
 */
final class TimerLattice {
    private static final int LEVEL_SHIFT = 3;
    private static final int LEVEL_SIZE = 64;
    private static final int LEVELS = 9;
    /** Ticks that the counter starts before zero, in seconds (INITIAL_JIFFIES). */
    private static final long BOOT_SECONDS = 300;
    private static final long SECOND = 1_000_000_000L;

    private final int hz;
    private final long tickNanos;
    private final boolean exact;

    /** @param exact fire exactly after the requested number of ticks; for experiments that must not see the rounding */
    TimerLattice(int hz, boolean exact) {
        this.hz = hz;
        this.tickNanos = SECOND / hz;
        this.exact = exact;
    }

    long jiffies(long nowNanos) {
        return nowNanos / tickNanos - BOOT_SECONDS * hz;
    }

    long tickNanos() {
        return tickNanos;
    }

    /** Virtual time at which a timer armed now for {@code ticks} jiffies from now fires. */
    long expiry(long nowNanos, long ticks) {
        if (exact) {
            return nowNanos + Math.max(0, ticks) * tickNanos;
        }
        long clock = jiffies(nowNanos);
        return (bucket(clock, clock + ticks) + BOOT_SECONDS * hz) * tickNanos;
    }

    /** msleep: exact milliseconds if rounding is off. {@code extraTick}: kernels before 6.12 add one. */
    long msleepExpiry(long nowNanos, long milliseconds, boolean extraTick) {
        if (exact) {
            return nowNanos + milliseconds * (SECOND / 1000);
        }
        long ticks = (milliseconds * hz + 999) / 1000;
        return expiry(nowNanos, extraTick ? ticks + 1 : ticks);
    }

    /** The jiffy at which the bucket of a timer that expires at {@code expires} is collected. */
    static long bucket(long clock, long expires) {
        long delta = expires - clock;
        if (delta < 0) {
            return clock;
        }
        int level = 0;
        while (level < LEVELS - 1 && delta >= levelStart(level + 1)) {
            level++;
        }
        int shift = level * LEVEL_SHIFT;
        return (expires + (1L << shift)) >> shift << shift;
    }

    private static long levelStart(int level) {
        return (long) (LEVEL_SIZE - 1) << (level - 1) * LEVEL_SHIFT;
    }
}
