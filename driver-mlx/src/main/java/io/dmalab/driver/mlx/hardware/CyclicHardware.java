package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;

/** A cyclic receive queue as the device sees it: a ring of WQEs, each with up to four scatter entries for one packet. */
public final class CyclicHardware extends ReceiveHardware {
    private final int mask;
    private final int fragments;
    private final int[] size;
    private final long[] address;
    private int producer;
    private int consumer;

    /** @param sizes bytes that each of a WQE's scatter entries takes */
    public CyclicHardware(DmaApi dma, Device device, CompletionQueue completions, int logWqes, int... sizes) {
        super(dma, device, completions);
        mask = (1 << logWqes) - 1;
        fragments = sizes.length;
        size = sizes.clone();
        address = new long[fragments << logWqes];
    }

    /** Writes a scatter entry of a WQE. */
    public void entry(int wqe, int fragment, long dmaAddress) {
        address[wqe * fragments + fragment] = dmaAddress;
    }

    /** Doorbell: {@code count} more WQEs may be written. */
    public void post(int count) {
        producer += count;
    }

    /** WQEs that the device may still write to. */
    public int postedWqes() {
        return producer - consumer;
    }

    @Override
    Outcome scatter(int bytes, int flow) {
        if (producer == consumer) {
            return Outcome.NO_BUFFER;
        }
        int wqe = consumer & mask;
        int left = bytes;
        for (int i = 0; left > 0 && i < fragments; i++) {
            int length = Math.min(left, size[i]);
            if (!write(address[wqe * fragments + i], length)) {
                return Outcome.NOT_READY;
            }
            left -= length;
        }
        completions().produce(wqe, 0, 1, bytes, flow);
        consumer++;
        return Outcome.WRITTEN;
    }
}
