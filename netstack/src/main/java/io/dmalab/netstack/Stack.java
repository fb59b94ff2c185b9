package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.net.Holders;
import io.dmalab.api.tracepoint.NetEvents;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;

/**
 * The way of a packet above the driver (net/core/dev.c, v6.14): RPS, rx_handlers, then a {@link BufferHolder} drawn by its share of the
 * traffic, or consumed at once. Protocols themselves are left out: a holder stands for the protocol and the reader behind it.
 */
@MachineScoped
public final class Stack {
    private static final ReceiveHandler[] NO_HANDLERS = {};
    /** A packet passes through this many rx_handlers at most. */
    private static final int MAX_ROUNDS = 8;

    private final SkBuffs skbs;
    private final Backlog backlog;
    private final Softnet softnet;
    private final Kernel kernel;
    private final Trace trace;
    private final long noDevice;
    private final Holders source;
    /** Null until first needed, as are the holders. */
    private RandomStream random;
    private final Counter received;
    private final HolderEvent[] netRxEvents;
    private ReceiveHandler[] handlers = NO_HANDLERS;
    /** Null until first needed. */
    private BufferHolder[] holders;
    /** Upper ends of the holders' parts of [0, 1). */
    private double[] shares;

    @Inject
    public Stack(Kernel kernel, SkBuffs skbs, Softnet softnet, Holders holders) {
        this.kernel = kernel;
        this.trace = kernel.trace();
        this.noDevice = trace.text("(no_device)");
        this.skbs = skbs;
        this.softnet = softnet;
        this.source = holders;
        this.received = kernel.metrics().counter(Metrics.RX_PACKETS);
        this.backlog = new Backlog(kernel, skbs, this, softnet);
        this.netRxEvents = new HolderEvent[kernel.sched().cpus()];
        for (int cpu = 0; cpu < netRxEvents.length; cpu++) {
            netRxEvents[cpu] = new HolderEvent.NetRxSoftirq(cpu);
        }
        softnet.stack(this);
    }

    /** netif_receive_skb: takes over the packet. Softirq context. */
    @KernelFunction("netif_receive_skb")
    public void receive(int skb) {
        NetDevice dev = skbs.dev(skb);
        trace.emit(NetEvents.RECEIVE_SKB, dev == null ? noDevice : dev.nameText(), NetstackEvents.skb(skb), skbs.length(skb));
        if (dev != null && dev.rps() != null) {
            steer(skb, dev.rps());
            return;
        }
        receiveHere(skb);
    }

    /** netif_rx: through the backlog of the current CPU. Takes over the packet. Any context. */
    @KernelFunction("netif_rx")
    public void netifRx(int skb) {
        backlog.enqueue(skb, kernel.sched().cpu());
    }

    /** Protocol processing on this CPU. */
    @KernelFunction("__netif_receive_skb_core")
    void receiveHere(int skb) {
        NetDevice dev = skbs.dev(skb);
        if (!passesHandlers(skb)) {
            return;
        }
        NetDevice upper = skbs.dev(skb);
        if (upper != dev && upper.rps() != null) {
            // packets of a bond in the backlog bear the bond's pointer and outlive its slaves (facts: netstack-holders.md 4.2)
            steer(skb, upper.rps());
            return;
        }
        deliver(skb);
    }

    /** get_rps_cpu and enqueue_to_backlog. */
    private void steer(int skb, int[] cpus) {
        backlog.enqueue(skb, cpus[Math.floorMod(skbs.flow(skb), cpus.length)]);
    }

    /** True if the packet is to be delivered; else it has been taken or freed. */
    private boolean passesHandlers(int skb) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            NetDevice dev = skbs.dev(skb);
            ReceiveHandler handler = dev == null ? null : dev.rxHandler();
            ReceiveHandler.Result result = handler == null ? ReceiveHandler.Result.PASS : handler.handle(skb);
            if (result == ReceiveHandler.Result.PASS && handlers.length > 0) {
                result = passesAll(skb);
            }
            switch (result) {
                case PASS -> {
                    return true;
                }
                case CONSUMED -> {
                    return false;
                }
                case EXACT -> {
                    skbs.drop(skb, "UNHANDLED_PROTO");
                    return false;
                }
                case ANOTHER -> { }
            }
        }
        skbs.drop(skb, "UNHANDLED_PROTO");
        return false;
    }

    private ReceiveHandler.Result passesAll(int skb) {
        for (ReceiveHandler handler : handlers) {
            ReceiveHandler.Result result = handler.handle(skb);
            if (result != ReceiveHandler.Result.PASS) {
                return result;
            }
        }
        return ReceiveHandler.Result.PASS;
    }

    /** A holder that queues the packet clears its device pointer, as protocols do; nobody looks at it any more anyway. */
    private void deliver(int skb) {
        received.add(skbs.segments(skb));
        BufferHolder[] all = holders();
        if (all.length > 0) {
            double draw = random.nextDouble();
            for (int i = 0; i < all.length; i++) {
                if (draw < shares[i]) {
                    all[i].take(skb);
                    return;
                }
            }
        }
        // a reader that is awake: the data is copied out and the packet is freed here and now
        skbs.release(skb);
    }

    private BufferHolder[] holders() {
        if (holders == null) {
            random = kernel.random().stream("holders");
            List<Holders.Entry> entries = source.entries();
            shares = new double[entries.size()];
            BufferHolder[] all = new BufferHolder[entries.size()];
            double sum = 0;
            for (int i = 0; i < all.length; i++) {
                sum += entries.get(i).share();
                shares[i] = sum;
                all[i] = entries.get(i).holder();
            }
            holders = all;
        }
        return holders;
    }

    /** NET_RX ran on a CPU: what waits for that may go. */
    void ranNetRx(int cpu) {
        if (holders != null) {
            tell(netRxEvents[cpu]);
        }
    }

    /**
     * Something happened that clears holders, backlogs or defer lists (facts: netstack-holders.md 6). {@link HolderEvent.NetRxSoftirq}
     * raises NET_RX on that CPU, as any interrupt of a NIC there would. Any context.
     */
    public void event(HolderEvent event) {
        switch (event) {
            case HolderEvent.NetRxSoftirq softirq -> {
                softnet.kick(softirq.cpu());
                return;
            }
            case HolderEvent.CpuOffline offline -> {
                softnet.online(offline.cpu(), false);
                skbs.deferLists().flush(offline.cpu());
                backlog.migrate(offline.cpu());
            }
            default -> { }
        }
        tell(event);
    }

    private void tell(HolderEvent event) {
        for (BufferHolder holder : holders()) {
            holder.on(event);
        }
    }

    /** A handler that sees the packets of every device, after the device's own one. */
    public void onReceive(ReceiveHandler handler) {
        handlers = Arrays.copyOf(handlers, handlers.length + 1);
        handlers[handlers.length - 1] = handler;
    }

    /** flush_all_backlogs. Task context. */
    void flushAllBacklogs() {
        backlog.flushAll();
    }

    /**
     * Not in the kernel: lets go of what nobody reads but somebody could drop. The defer lists of all CPUs are flushed along with their
     * backlogs, then who reassembles drops what came through the interface. Who waits for a reader keeps everything. Task context; sleeps.
     */
    public void kickHolders(String netdev) {
        backlog.flushAll(true);
        tell(new HolderEvent.Purge(netdev));
    }

    /** Packets in the backlog of a CPU. */
    public int backlogLength(int cpu) {
        return backlog.length(cpu);
    }
}
