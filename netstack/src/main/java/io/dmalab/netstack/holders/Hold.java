package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Optional;

/**
 * Somebody who holds each packet for a time of its own, without a mechanism: for measured hold times and for holders that no other
 * extension models. Freed in softirq context on the CPU that received it. The namespace's end frees everything, and so does the exit of the
 * process if one is named.
 */
public final class Hold implements BufferHolder, EventTarget {
    /** What can be set. */
    public record Options(
            @Option(doc = "how long each packet is held") HoldTime time,
            @Option(value = "unknown holder", doc = "who holds them and why, for reports") String reason,
            @Option(doc = "name of a process whose exit frees them; none: no exit does") Optional<String> process) {}

    private static final int FREE = -1;

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
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

    @Inject
    public Hold(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder hold");
        this.label = kernel.pages().holder(options.reason());
        this.name = sink.name(options.reason());
    }

    @Override
    public void take(int skb) {
        if (gone) {
            buffers.release(skb);
            return;
        }
        int slot = slot();
        skbs[slot] = skb;
        events[slot] = -1;
        held++;
        buffers.heldBy(skb, label);
        long due = Times.after(kernel.clock().now(), options.time().sample(random));
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
    public void fire(long slot) {
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
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.NamespaceExit exit -> releaseAll("namespace exit");
            case HolderEvent.ProcessExit exit when isProcess(exit.process()) -> releaseAll("process exit");
            default -> { }
        }
    }

    private boolean isProcess(String name) {
        return options.process().filter(own -> name.isEmpty() || name.equals(own)).isPresent();
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
    public String reason() {
        return options.reason();
    }

    @Override
    public int held() {
        return held;
    }
}
