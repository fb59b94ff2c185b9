package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.TimerList;

/**
 * The retransmission timer of a TCP connection whose peer does not answer (net/ipv4/tcp_timer.c, v6.14): 200 ms, doubled each time up to
 * 120 s. The connection is given up at the first timeout after the time that the allowed number of retries takes at least: 924.6 s for the
 * 15 of tcp_retries2. Left out: a round-trip time other than the least one, the zero window, user timeouts.
 */
final class RetransmitTimer {
    /** tcp_retries2. */
    static final int RETRIES = 15;
    /** What tcp_orphan_retries comes to when it is 0. */
    static final int ORPHAN_RETRIES = 8;

    private static final long RTO_MIN_MS = 200;
    private static final long RTO_MAX_MS = 120_000;
    /** Doublings of the least timeout that stay below the largest: log2 of 120 s / 200 ms. */
    private static final int BACKOFFS = 9;

    private final Kernel kernel;
    private final Runnable giveUp;
    private final TimerList timer;
    private int retries = RETRIES;
    private long rtoMs;
    private long startJiffies;

    /** @param giveUp called in timer context when the connection is given up */
    RetransmitTimer(Kernel kernel, Runnable giveUp) {
        this.kernel = kernel;
        this.giveUp = giveUp;
        this.timer = kernel.timer("tcp_write_timer", this::tcpWriteTimer);
    }

    /** Arms it for data sent now, unless it runs already. */
    void start(int allowedRetries) {
        retries = allowedRetries;
        if (!timer.pending()) {
            rtoMs = RTO_MIN_MS;
            startJiffies = kernel.clock().jiffies();
            arm();
        }
    }

    /** Everything has been acknowledged, or the socket is gone. */
    void stop() {
        timer.delete();
    }

    boolean running() {
        return timer.pending();
    }

    @KernelFunction("tcp_write_timer")
    private void tcpWriteTimer() {
        long elapsedMs = (kernel.clock().jiffies() - startJiffies) * 1000 / kernel.clock().hz();
        if (elapsedMs >= leastMs(retries)) {
            giveUp.run();
            return;
        }
        rtoMs = Math.min(2 * rtoMs, RTO_MAX_MS);
        arm();
    }

    private void arm() {
        timer.mod(kernel.clock().msecsToJiffies(rtoMs));
    }

    /** Least time in which {@code count} retries and the timeout after them can happen. */
    static long leastMs(int count) {
        if (count <= BACKOFFS) {
            return ((2L << count) - 1) * RTO_MIN_MS;
        }
        return ((2L << BACKOFFS) - 1) * RTO_MIN_MS + (count - BACKOFFS) * RTO_MAX_MS;
    }
}
