package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.driver.mlx.hardware.SendHardware;
import io.dmalab.netstack.SkBuffs;

/**
 * A send queue (struct mlx5e_txqsq, en_tx.c, v6.14): every piece of a packet is mapped at transmission and unmapped at its completion or
 * at close, whichever comes first. Left out: TSO, inline headers, multi-packet WQEs, time stamps, recovery of a stuck queue.
 */
final class SendQueue {
    /** Completions that one poll handles. */
    private static final int POLL_BUDGET = 128;
    /** Blocks that must be free for the queue to stay open: the largest WQE and a NOP. */
    private static final int STOP_ROOM = blocks(SkBuffs.MAX_FRAGS + 1) + 1;
    private static final int NOP = -1;
    /** Doorbell to completion, apart from the wire. */
    private static final long LATENCY_NANOS = 500;
    /** 100 Gbit/s in bits a nanosecond. */
    private static final int WIRE_BITS_PER_NANO = 100;

    private final Mdev mdev;
    private final int index;
    private final int channels;
    private final int logSize;
    private final int size;
    private final KernelObject memory;
    private final QueueContext cq;
    private final QueueContext sq;
    private final SendHardware hardware;
    private final DmaFifo fifo;
    private final int[] skb;
    private final byte[] blocks;
    private final byte[] mappings;
    private int producer;
    private int consumer;
    private int usedBlocks;
    private boolean enabled;
    private boolean stopped;

    /** @param channels number of channels: the interface's transmit queues, fixed at registration, are dealt out among their send queues */
    SendQueue(Mdev mdev, int index, int channels, int logSize, KernelObject memory) {
        this.mdev = mdev;
        this.index = index;
        this.channels = channels;
        this.logSize = logSize;
        this.size = 1 << logSize;
        this.memory = memory;
        this.cq = new QueueContext(mdev, "CQ");
        this.sq = new QueueContext(mdev, "SQ");
        this.hardware = new SendHardware(logSize, mdev.options().txCoalesceFrames(), mdev.options().txCoalesce().nanos());
        this.fifo = new DmaFifo(logSize + 2);
        this.skb = new int[size];
        this.blocks = new byte[size];
        this.mappings = new byte[size];
    }

    /** Blocks of 64 bytes of a WQE: control and Ethernet segment, and a data segment for each mapping, of 16 bytes each. */
    private static int blocks(int segments) {
        return (2 + segments + 3) / 4;
    }

    // opening

    QueueContext cq() {
        return cq;
    }

    int logCompletions() {
        return logSize;
    }

    @KernelFunction(value = "mlx5e_open_txqsq", module = "mlx5_core")
    void open() {
        sq.allocRing(logSize);
        sq.create();
    }

    @KernelFunction(value = "mlx5e_activate_txqsq", module = "mlx5_core")
    void activate() {
        memory.write("sq.state");
        enabled = true;
        wake();
    }

    SendHardware hardware() {
        return hardware;
    }

    // transmission

    /** False: no room, the packet stays with the stack. Softirq or a task with bottom halves off. */
    @KernelFunction(value = "mlx5e_xmit", module = "mlx5_core")
    boolean xmit(int packet) {
        memory.read("sq.state");
        if (!enabled || usedBlocks + STOP_ROOM > size) {
            stop();
            return false;
        }
        memory.write("sq.wq");
        long now = mdev.kernel().clock().now();
        int count = map(packet);
        int length = mdev.skbs().length(packet);
        if (count < 0) {
            mdev.kernel().trace().emit(MlxEvents.DROP_TX, sq.number(), length);
            mdev.skbs().release(packet);
            return true;
        }
        push(packet, blocks(count), count);
        fetch(count);
        hardware.post(now, LATENCY_NANOS + length * 8L / WIRE_BITS_PER_NANO);
        if (usedBlocks + STOP_ROOM > size) {
            stop();
        }
        return true;
    }

    private void stop() {
        stopped = true;
        for (int queue = index; queue < mdev.netdev().txQueues(); queue += channels) {
            mdev.netdev().stopQueue(queue);
        }
    }

    private void wake() {
        stopped = false;
        for (int queue = index; queue < mdev.netdev().txQueues(); queue += channels) {
            mdev.netdev().wakeQueue(queue);
        }
    }

    /** Maps every piece; the number of mappings, or -1 with what was done undone. */
    @KernelFunction(value = "mlx5e_txwqe_build_dsegs", module = "mlx5_core")
    private int map(int packet) {
        SkBuffs skbs = mdev.skbs();
        int count = skbs.frags(packet);
        for (int i = 0; i < count; i++) {
            int bytes = skbs.fragLength(packet, i);
            long address = mdev.kernel().dma().mapPage(mdev.device(), skbs.page(packet, i), skbs.fragOffset(packet, i), bytes,
                    DmaDirection.TO_DEVICE);
            if (address == DmaApi.MAPPING_ERROR) {
                unwind(i);
                return -1;
            }
            fifo.push(address, bytes);
        }
        return count;
    }

    @KernelFunction(value = "mlx5e_dma_unmap_wqe_err", module = "mlx5_core")
    private void unwind(int count) {
        for (int i = 0; i < count; i++) {
            mdev.kernel().dma().unmapPage(mdev.device(), fifo.addressBack(1), fifo.bytesBack(1), DmaDirection.TO_DEVICE);
            fifo.unpush();
        }
    }

    private void push(int packet, int wqeBlocks, int count) {
        int slot = producer++ & size - 1;
        skb[slot] = packet;
        blocks[slot] = (byte) wqeBlocks;
        mappings[slot] = (byte) count;
        usedBlocks += wqeBlocks;
    }

    /** The device reads the packet; if the host bridge refuses, the queue is stuck until it is closed. */
    private void fetch(int count) {
        for (int i = count; i > 0; i--) {
            if (mdev.kernel().dma().deviceAccess(mdev.device(), fifo.addressBack(i), fifo.bytesBack(i), false) == DmaApi.MAPPING_ERROR) {
                hardware.stop();
                return;
            }
        }
    }

    // completion

    /** Frees what was sent, up to a budget; true if it was used up. */
    @KernelFunction(value = "mlx5e_poll_tx_cq", module = "mlx5_core")
    boolean poll(long now) {
        memory.read("sq.state");
        int done = enabled ? Math.min(POLL_BUDGET, hardware.completions(now)) : 0;
        if (done == 0) {
            return false;
        }
        memory.write("sq.wq");
        int before = fifo.size();
        for (int i = 0; i < done; i++) {
            freeOldest();
        }
        hardware.consume(done);
        mdev.kernel().trace().emit(MlxEvents.FREE_TX, sq.number(), done, before - fifo.size());
        if (stopped && usedBlocks + STOP_ROOM <= size) {
            wake();
        }
        return done == POLL_BUDGET;
    }

    /** Unmaps and frees the packet of the oldest WQE. */
    @KernelFunction(value = "mlx5e_tx_wi_dma_unmap", module = "mlx5_core")
    private void freeOldest() {
        int slot = consumer++ & size - 1;
        for (int i = mappings[slot]; i > 0; i--) {
            mdev.kernel().dma().unmapPage(mdev.device(), fifo.address(), fifo.bytes(), DmaDirection.TO_DEVICE);
            fifo.pop();
        }
        usedBlocks -= blocks[slot];
        if (skb[slot] != NOP) {
            mdev.skbs().release(skb[slot]);
        }
    }

    // closing

    @KernelFunction(value = "mlx5e_deactivate_txqsq", module = "mlx5_core")
    void deactivate() {
        memory.write("sq.state");
        enabled = false;
        mdev.synchronizeNet();
        stop();
        if (usedBlocks < size) {
            // the last doorbell, which also reports everything before it
            push(NOP, 1, 0);
            hardware.post(mdev.kernel().clock().now(), LATENCY_NANOS);
        }
    }

    @KernelFunction(value = "mlx5e_close_txqsq", module = "mlx5_core")
    void close() {
        if (sq.destroy()) {
            hardware.stop();
            freeDescs();
        }
        sq.freeRing();
    }

    @KernelFunction(value = "mlx5e_free_txqsq_descs", module = "mlx5_core")
    private void freeDescs() {
        memory.write("sq.wq");
        int wqes = producer - consumer;
        int mapped = fifo.size();
        while (consumer != producer) {
            freeOldest();
        }
        mdev.kernel().trace().emit(MlxEvents.FREE_TX, sq.number(), wqes, mapped);
    }

    /** Entries of the DMA FIFO. */
    int mappings() {
        return fifo.size();
    }
}
