package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.SpinLock;

/**
 * One transmit queue with its queueing discipline (net/sched/sch_generic.c, v6.14): a plain FIFO of txqueuelen packets. Left out:
 * bands, BQL, requeue limits.
 */
final class Qdisc implements EventTarget {
    /** txqueuelen. */
    static final int MAX = 1000;

    private final Scheduler sched;
    private final Clock clock;
    private final SkBuffs skbs;
    private final NetdevOps ops;
    private final int index;
    /** Null for virtual interfaces, which transmit without a lock and, unless stopped, without a queue. */
    private final SpinLock lock;
    private final SkbQueue queue;
    private final Counter dropped;
    private boolean stopped;
    private boolean netTxRaised;

    Qdisc(Kernel kernel, SkBuffs skbs, NetdevOps ops, int index, boolean virtual) {
        this.sched = kernel.sched();
        this.clock = kernel.clock();
        this.skbs = skbs;
        this.ops = ops;
        this.index = index;
        this.lock = virtual ? null : kernel.locks().spin("_xmit_ETHER");
        this.queue = new SkbQueue(skbs);
        this.dropped = kernel.metrics().counter("tx_dropped_packets");
    }

    int length() {
        return queue.length();
    }

    /** __dev_xmit_skb. False if the packet was dropped. */
    boolean enqueue(int skb) {
        if (queue.length() >= MAX) {
            drop(skb);
            return false;
        }
        lock();
        if (!queue.isEmpty() || stopped || !ops.xmit(skb, index)) {
            queue.add(skb);
        }
        unlock();
        return true;
    }

    void drop(int skb) {
        dropped.increment();
        skbs.release(skb);
    }

    /** __qdisc_run. */
    private void run() {
        lock();
        while (!stopped && !queue.isEmpty()) {
            int skb = queue.poll();
            if (!ops.xmit(skb, index)) {
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
            skbs.release(queue.poll());
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
