package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Metrics;

/**
 * What became of the packets that reached the adapters' ports. Every packet is counted exactly once.
 *
 * @param written     written to posted buffers
 * @param noBuffer    lost because no buffer was posted
 * @param steeredAway sent to the drop RQ while no channel was active, or never sent by the link partner because the port was passive
 * @param oversize    longer than the port's frame size
 * @param notReady    lost because the queue was not in state READY or the host bridge refused the write
 */
public record ReceiveCounters(Counter written, Counter noBuffer, Counter steeredAway, Counter oversize, Counter notReady) {
    /** The machine's counters. */
    public static ReceiveCounters of(Metrics metrics) {
        return new ReceiveCounters(metrics.counter("rx_written_packets"), metrics.counter(Metrics.RX_DROPPED),
                metrics.counter("rx_no_channel_packets"), metrics.counter("rx_oversize_packets"), metrics.counter("rx_refused_packets"));
    }
}
