package io.dmalab.core.kernel;

/**
 * One rate-limit state (lib/ratelimit.c up to 6.15). The window begins with the first call after the last one ran out; nothing but a call ends
 * it, so the count of what was missed is printed by whoever calls first. Lock contention on the state, which makes the kernel drop a
 * message uncounted, does not occur here because code between two scheduling points is atomic.
 */
final class Ratelimit {
    private final long intervalNanos;
    private final int burst;
    private boolean started;
    private long begin;
    private int printed;
    private int missed;

    Ratelimit(long intervalNanos, int burst) {
        this.intervalNanos = intervalNanos;
        this.burst = burst;
    }

    /** Number of calls missed in a window that has run out by {@code now}; opens the next one. -1 while the window is open. */
    int expire(long now) {
        if (!started) {
            started = true;
            begin = now;
        }
        if (now <= begin + intervalNanos) {
            return -1;
        }
        int count = missed;
        missed = 0;
        printed = 0;
        begin = now;
        return count;
    }

    /** Takes a token; call after {@link #expire}. */
    boolean take() {
        if (intervalNanos == 0) {
            return true;
        }
        if (printed < burst) {
            printed++;
            return true;
        }
        missed++;
        return false;
    }
}
