package io.dmalab.netstack.diagnose;

/**
 * Seconds that a stall warning can print (facts: page-pool.md 7). The retry work's 1000 ms take 1.024 s at HZ 250 and 1000 and 1.040 s at
 * HZ 100, so warnings are 60.416 s or 60.320 s apart, and the printed seconds are cut off.
 */
enum RetryLattice {
    HZ_250_1000(60_416_000_000L, "HZ 250 or 1000 (1.024 s a round, 60.416 s a warning)"),
    HZ_100(60_320_000_000L, "HZ 100 (1.040 s a round, 60.320 s a warning)");

    private static final long SECOND = 1_000_000_000L;

    private final long nanos;
    private final String words;

    RetryLattice(long nanos, String words) {
        this.nanos = nanos;
        this.words = words;
    }

    /** Whether a warning prints these seconds. */
    boolean has(long seconds) {
        long low = seconds * SECOND;
        long rounds = (low + nanos - 1) / nanos;
        return rounds > 0 && rounds * nanos < low + SECOND;
    }

    @Override
    public String toString() {
        return words;
    }
}
