package io.dmalab.driver.mlx;

import io.dmalab.api.net.Workload;

/** Packets of one size at a constant gap, round robin over a number of flows. */
final class Traffic implements Workload {
    private final long gapNanos;
    private final int bytes;
    private final int flows;
    private long left;
    private long time;
    private int packet = -1;

    Traffic(long gapNanos, int bytes, int flows, long packets) {
        this.gapNanos = gapNanos;
        this.bytes = bytes;
        this.flows = flows;
        this.left = packets;
    }

    @Override
    public long next() {
        if (left == 0) {
            return Long.MAX_VALUE;
        }
        left--;
        packet++;
        time += gapNanos;
        return time;
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public int flow() {
        return packet % flows;
    }

    @Override
    public void start(long now) {
        time = now;
    }

    long sent() {
        return packet + 1;
    }
}
