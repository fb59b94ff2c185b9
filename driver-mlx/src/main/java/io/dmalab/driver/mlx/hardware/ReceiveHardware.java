package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;

/**
 * The device's side of a receive queue: what it knows of posted buffers and how it scatters a packet into them. Every write goes through
 * {@link DmaApi#deviceAccess}; a refused one puts the queue into the error state, as the frozen slot of a real adapter would.
 */
public abstract sealed class ReceiveHardware permits StridingHardware, CyclicHardware {
    /** State of the queue's context in the device; {@link #DESTROYED} before CREATE_RQ and after DESTROY_RQ. */
    public enum State { DESTROYED, RESET, READY, ERROR }

    /** What became of a packet. */
    enum Outcome { WRITTEN, NO_BUFFER, NOT_READY }

    private final DmaApi dma;
    private final Device device;
    private final CompletionQueue completions;
    private State state = State.DESTROYED;

    ReceiveHardware(DmaApi dma, Device device, CompletionQueue completions) {
        this.dma = dma;
        this.device = device;
        this.completions = completions;
    }

    public final State state() {
        return state;
    }

    /** Outcome of CREATE_RQ, MODIFY_RQ or DESTROY_RQ. */
    public final void state(State next) {
        state = next;
    }

    public final CompletionQueue completions() {
        return completions;
    }

    final Outcome receive(int bytes, int flow) {
        return state == State.READY ? scatter(bytes, flow) : Outcome.NOT_READY;
    }

    abstract Outcome scatter(int bytes, int flow);

    /** DMA of packet bytes; false if the host bridge refused it. */
    final boolean write(long address, int bytes) {
        if (dma.deviceAccess(device, address, bytes, true) != DmaApi.MAPPING_ERROR) {
            return true;
        }
        state = State.ERROR;
        return false;
    }
}
