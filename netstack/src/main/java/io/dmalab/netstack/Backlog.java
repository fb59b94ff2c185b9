package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.kernel.Work;

/**
 * The input queues of the CPUs (enqueue_to_backlog, process_backlog, flush_all_backlogs, net/core/dev.c, v6.14): packets of netif_rx
 * and of RPS. The kernel's second list per CPU, which only saves locking, is left out.
 */
final class Backlog {
    /** net.core.netdev_max_backlog. */
    static final int MAX = 1000;

    private final Kernel kernel;
    private final SkBuffs skbs;
    private final Stack stack;
    private final Softnet softnet;
    private final SpinLock[] locks;
    private final SkbQueue[] queues;
    private final Napi[] napis;
    private final Work[] flushWorks;
    private final Completion flushed;
    private final int[] holders;
    private final Counter dropped;
    private int flushesLeft;
    private boolean flushDeferred;

    Backlog(Kernel kernel, SkBuffs skbs, Stack stack, Softnet softnet) {
        this.kernel = kernel;
        this.skbs = skbs;
        this.stack = stack;
        this.softnet = softnet;
        this.dropped = kernel.metrics().counter("backlog_dropped_packets");
        this.flushed = kernel.locks().completion("flush_backlogs");
        int cpus = kernel.sched().cpus();
        this.locks = new SpinLock[cpus];
        this.queues = new SkbQueue[cpus];
        this.napis = new Napi[cpus];
        this.flushWorks = new Work[cpus];
        this.holders = new int[cpus];
        for (int i = 0; i < cpus; i++) {
            int cpu = i;
            locks[cpu] = kernel.locks().spin("&sd->input_pkt_queue.lock");
            queues[cpu] = new SkbQueue(skbs);
            napis[cpu] = softnet.backlogNapi(cpu, budget -> process(cpu, budget));
            flushWorks[cpu] = kernel.workqueue("events_highpri").work("flush_backlog", () -> flush(cpu));
            holders[cpu] = kernel.pages().holder("backlog of CPU " + cpu);
        }
    }

    /** Packets queued on a CPU. */
    int length(int cpu) {
        return queues[cpu].length();
    }

    /** enqueue_to_backlog: false if the queue was full and the packet was freed. */
    boolean enqueue(int skb, int cpu) {
        softnet.object().write("input_pkt_queue", cpu);
        locks[cpu].lock();
        boolean room = queues[cpu].length() < MAX;
        if (room) {
            skbs.heldBy(skb, holders[cpu]);
            queues[cpu].add(skb);
        }
        locks[cpu].unlock();
        if (!room) {
            dropped.add(skbs.segments(skb));
            skbs.drop(skb, "CPU_BACKLOG");
            return false;
        }
        napis[cpu].schedule();
        return true;
    }

    @KernelFunction("process_backlog")
    private int process(int cpu, int budget) {
        int work = 0;
        while (work < budget) {
            int skb = dequeue(cpu);
            if (skb == SkbQueue.NONE) {
                break;
            }
            stack.receiveHere(skb);
            work++;
        }
        return work;
    }

    private int dequeue(int cpu) {
        softnet.object().write("input_pkt_queue", cpu);
        locks[cpu].lock();
        int skb = queues[cpu].poll();
        locks[cpu].unlock();
        return skb;
    }

    /** flush_all_backlogs: a work item on every CPU whose queue is not empty, and waits for them. Task context, RTNL held. */
    void flushAll() {
        flushAll(false);
    }

    /** @param deferred flush the defer lists, too, as was proposed in October 2024 (facts: free-policies.md P14) */
    @KernelFunction("flush_all_backlogs")
    void flushAll(boolean deferred) {
        flushDeferred = deferred;
        flushed.reinit();
        flushesLeft = 1;
        for (int cpu = 0; cpu < queues.length; cpu++) {
            softnet.object().read("input_pkt_queue", cpu);
            if (!queues[cpu].isEmpty() || deferred && skbs.deferLists().count(cpu) > 0) {
                flushesLeft++;
                flushWorks[cpu].queue(cpu);
            }
        }
        flushDone();
        flushed.await();
    }

    private void flushDone() {
        if (--flushesLeft == 0) {
            flushed.complete();
        }
    }

    /**
     * Drops what is still attributed to an interface that is being unregistered. A packet that bonding has attributed to the bond
     * stays.
     */
    @KernelFunction("flush_backlog")
    private void flush(int cpu) {
        SkbQueue doomed = new SkbQueue(skbs);
        SkbQueue queue = queues[cpu];
        softnet.object().write("input_pkt_queue", cpu);
        locks[cpu].lock();
        for (int left = queue.length(); left > 0; left--) {
            int skb = queue.poll();
            NetDevice dev = skbs.dev(skb);
            (dev != null && dev.isUnregistering() ? doomed : queue).add(skb);
        }
        locks[cpu].unlock();
        while (!doomed.isEmpty()) {
            skbs.drop(doomed.poll(), "DEV_READY");
        }
        if (flushDeferred) {
            skbs.deferLists().flush(cpu);
        }
        flushDone();
    }

    /** dev_cpu_dead: the queue of a CPU that went offline continues on the current one. */
    void migrate(int cpu) {
        int target = kernel.sched().cpu();
        int skb;
        while (target != cpu && (skb = dequeue(cpu)) != SkbQueue.NONE) {
            enqueue(skb, target);
        }
    }
}
