package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.kernel.Counter;

/** What became of the packets that reached an adapter's port. Every packet is counted exactly once. */
public final class ReceiveCounters {
    final Counter noBuffer;
    long written;
    long steeredAway;
    long oversize;
    long notReady;

    /** @param noBuffer the run's count of packets lost for want of a posted buffer */
    public ReceiveCounters(Counter noBuffer) {
        this.noBuffer = noBuffer;
    }

    /** Written to posted buffers. */
    public long written() {
        return written;
    }

    /** Sent to the drop RQ while no channel was active, or never sent by the link partner because the port was passive. */
    public long steeredAway() {
        return steeredAway;
    }

    /** Longer than the port's frame size. */
    public long oversize() {
        return oversize;
    }

    /** Lost because the queue was not in state READY or the host bridge refused the write. */
    public long notReady() {
        return notReady;
    }
}
