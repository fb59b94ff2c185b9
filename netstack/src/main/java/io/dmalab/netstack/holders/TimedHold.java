package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import java.util.Arrays;
import java.util.Optional;

/**
 * Somebody who holds each packet for a time of its own, without a mechanism. Freed in softirq context on the CPU that received it. The
 * namespace's end frees everything, and so does the exit of the process if one is named.
 */
abstract class TimedHold implements BufferHolder, EventTarget {
    private static final int FREE = -1;

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final String reason;
    private final Optional<String> process;
    private final int label;
    private final long name;
    /** Per slot: the packet, or {@link #FREE}; its pending event; a list of free slots, ends with {@link #FREE}. */
    private int[] skbs = new int[64];
    private long[] events = new long[64];
    private int[] nextFree = new int[64];
    private int firstFree = FREE;
    private int used;
    private int held;
    /** Whoever held packets holds none any more. */
    private boolean gone;

    /** @param process empty: no exit frees anything */
    TimedHold(PacketSink sink, String reason, Optional<String> process) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.reason = reason;
        this.process = process;
        this.label = kernel.pages().holder(reason);
        this.name = sink.name(reason);
    }

    /** How long a packet that arrives now is held, in nanoseconds; {@link Long#MAX_VALUE} for ever. */
    abstract long draw(long now);

    @Override
    public final void take(int skb) {
        if (gone) {
            buffers.release(skb);
            return;
        }
        int slot = slot();
        skbs[slot] = skb;
        events[slot] = -1;
        held++;
        buffers.heldBy(skb, label);
        long now = kernel.clock().now();
        long due = Times.after(now, draw(now));
        if (due != Times.NEVER) {
            events[slot] = kernel.sched().at(due, ContextKind.SOFTIRQ, buffers.cpu(skb), this, slot);
        }
    }

    private int slot() {
        if (firstFree != FREE) {
            int slot = firstFree;
            firstFree = nextFree[slot];
            return slot;
        }
        if (used == skbs.length) {
            skbs = Arrays.copyOf(skbs, 2 * used);
            events = Arrays.copyOf(events, 2 * used);
            nextFree = Arrays.copyOf(nextFree, 2 * used);
        }
        return used++;
    }

    /** The time of the packet in a slot is over. */
    @Override
    public final void fire(long slot) {
        release((int) slot);
    }

    @KernelFunction("consume_skb")
    private void release(int slot) {
        int skb = skbs[slot];
        skbs[slot] = FREE;
        nextFree[slot] = firstFree;
        firstFree = slot;
        held--;
        buffers.release(skb);
    }

    @Override
    public final void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.NamespaceExit exit -> releaseAll("namespace exit");
            case HolderEvent.ProcessExit exit when isProcess(exit.process()) -> releaseAll("process exit");
            default -> { }
        }
    }

    private boolean isProcess(String name) {
        return process.filter(own -> name.isEmpty() || name.equals(own)).isPresent();
    }

    private void releaseAll(String cause) {
        gone = true;
        int count = held;
        for (int slot = 0; slot < used; slot++) {
            if (skbs[slot] != FREE) {
                kernel.sched().cancel(events[slot]);
                release(slot);
            }
        }
        sink.letGo(name, count, cause);
    }

    @Override
    public final String reason() {
        return reason;
    }

    @Override
    public final int held() {
        return held;
    }
}
