package io.dmalab.core.kernel;

/**
 * One rate-limit state (lib/ratelimit.c, v6.4 to v6.16), in ticks. The window begins with the first call after the last one ran out;
 * nothing but a call ends it, so the count of what was missed is printed by whoever calls first. The rewrite of 6.16 counts tokens down
 * instead of messages up and, where two CPUs meet in it, lets the one without the lock take a token or be counted; before, it was dropped
 * uncounted. CPUs never meet in it here, because code between two scheduling points is atomic: both versions give the same lines.
 */
final class Ratelimit {
    private final long interval;
    private final int burst;
    private boolean started;
    private long begin;
    private int printed;
    private int missed;

    /** @param interval ticks; 0 limits nothing */
    Ratelimit(long interval, int burst) {
        this.interval = interval;
        this.burst = burst;
    }

    /** Number of calls missed in a window that has run out by {@code now}; opens the next one. -1 while the window is open. */
    int expire(long now) {
        if (!started) {
            started = true;
            begin = now;
        }
        if (now <= begin + interval) {
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
        if (interval == 0) {
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
