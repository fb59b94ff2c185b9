package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.tracepoint.NetEvents;

/**
 * One transmit queue with its queueing discipline (net/sched/sch_generic.c, v6.14): a plain FIFO of txqueuelen packets. Left out:
 * bands, BQL, requeue limits.
 */
final class Qdisc implements EventTarget {
    /** NETDEV_TX_BUSY. */
    private static final int TX_BUSY = 0x10;
    /** txqueuelen. */
    static final int MAX = 1000;

    private final Scheduler sched;
    private final Clock clock;
    private final SkBuffs skbs;
    private final Trace trace;
    private final NetDevice dev;
    private final NetdevOps ops;
    private final int index;
    /** Null for virtual interfaces, which transmit without a lock and, unless stopped, without a queue. */
    private final SpinLock lock;
    private final SkbQueue queue;
    private final Counter dropped;
    private boolean stopped;
    private boolean netTxRaised;

    Qdisc(Kernel kernel, SkBuffs skbs, NetDevice dev, int index) {
        this.trace = kernel.trace();
        this.dev = dev;
        this.sched = kernel.sched();
        this.clock = kernel.clock();
        this.skbs = skbs;
        this.ops = dev.ops();
        this.index = index;
        this.lock = dev.device() == null ? null : kernel.locks().spin("_xmit_ETHER");
        this.queue = new SkbQueue(skbs);
        this.dropped = kernel.metrics().counter("tx_dropped_packets");
    }

    int length() {
        return queue.length();
    }

    /** __dev_xmit_skb. False if the packet was dropped. */
    boolean enqueue(int skb) {
        if (queue.length() >= MAX) {
            drop(skb, "QDISC_DROP");
            return false;
        }
        lock();
        if (!queue.isEmpty() || stopped || !hardStartXmit(skb)) {
            queue.add(skb);
        }
        unlock();
        return true;
    }

    /** dev_hard_start_xmit. False: NETDEV_TX_BUSY. */
    private boolean hardStartXmit(int skb) {
        int length = skbs.length(skb);
        boolean sent = ops.xmit(skb, index);
        trace.emit(NetEvents.DEV_XMIT, dev.nameText(), NetstackEvents.skb(skb), length, sent ? 0 : TX_BUSY);
        return sent;
    }

    /** @param reason of enum skb_drop_reason */
    void drop(int skb, String reason) {
        dropped.increment();
        skbs.drop(skb, reason);
    }

    /** __qdisc_run. */
    private void run() {
        lock();
        while (!stopped && !queue.isEmpty()) {
            int skb = queue.poll();
            if (!hardStartXmit(skb)) {
                queue.addFirst(skb);
                break;
            }
        }
        unlock();
    }

    void stop() {
        stopped = true;
    }

    /** netif_tx_wake_queue: what waits is tried again in NET_TX of this CPU. */
    void wake() {
        stopped = false;
        if (!queue.isEmpty() && !netTxRaised) {
            netTxRaised = true;
            sched.at(clock.now(), ContextKind.SOFTIRQ, sched.cpu(), this, 0);
        }
    }

    @Override
    @KernelFunction("net_tx_action")
    public void fire(long arg) {
        netTxRaised = false;
        run();
    }

    /** dev_deactivate: frees what waits. */
    @KernelFunction("qdisc_reset")
    void purge() {
        stopped = false;
        while (!queue.isEmpty()) {
            skbs.drop(queue.poll(), "QDISC_DROP");
        }
    }

    private void lock() {
        if (lock != null) {
            lock.lock();
        }
    }

    private void unlock() {
        if (lock != null) {
            lock.unlock();
        }
    }
}
