package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;

/**
 * The per-CPU lists on which readers of sockets leave packets for the CPU that received them (skb_attempt_defer_free,
 * net/core/skbuff.c, v6.14). A list is emptied by net_rx_action of its CPU and by nothing else: on an idle CPU up to 32 packets wait
 * for ever.
 */
final class SkbDeferLists {
    /** net.core.skb_defer_max; 128 in late kernels. */
    static final int MAX = 64;

    private final Kernel kernel;
    private final SkBuffs skbs;
    private final Softnet softnet;
    private final SpinLock[] locks;
    private final SkbQueue[] lists;
    private final int[] holders;

    SkbDeferLists(Kernel kernel, SkBuffs skbs, Softnet softnet) {
        this.kernel = kernel;
        this.skbs = skbs;
        this.softnet = softnet;
        int cpus = kernel.sched().cpus();
        this.locks = new SpinLock[cpus];
        this.lists = new SkbQueue[cpus];
        this.holders = new int[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            locks[cpu] = kernel.locks().spin("&sd->defer_lock");
            lists[cpu] = new SkbQueue(skbs);
            holders[cpu] = kernel.pages().holder("skb defer list of CPU " + cpu);
        }
        softnet.deferLists(this);
    }

    /** Packets that wait on the list of a CPU. */
    int count(int cpu) {
        return lists[cpu].length();
    }

    @KernelFunction("skb_attempt_defer_free")
    void free(int skb) {
        int cpu = skbs.cpu(skb);
        if (cpu < 0 || cpu >= lists.length || cpu == kernel.sched().cpu() || !softnet.isOnline(cpu)) {
            skbs.release(skb);
            return;
        }
        softnet.object().read("defer_count", cpu);
        SkbQueue list = lists[cpu];
        if (list.length() >= MAX) {
            skbs.release(skb);
            return;
        }
        // dst, conntrack and destructor go now: the packet may stay for ever
        skbs.dev(skb, null);
        skbs.heldBy(skb, holders[cpu]);
        locks[cpu].lock();
        boolean kick = list.length() == MAX / 2;
        softnet.object().write("defer_list", cpu);
        list.add(skb);
        locks[cpu].unlock();
        if (kick) {
            softnet.kick(cpu);
        }
    }

    /** Empties the list of a CPU, in net_rx_action of that CPU or when it has gone offline. */
    @KernelFunction("skb_defer_free_flush")
    void flush(int cpu) {
        SkbQueue list = lists[cpu];
        softnet.object().read("defer_list", cpu);
        if (list.isEmpty()) {
            return;
        }
        int skb;
        while ((skb = take(cpu)) != SkbQueue.NONE) {
            skbs.release(skb);
        }
    }

    private int take(int cpu) {
        locks[cpu].lock();
        int skb = lists[cpu].poll();
        locks[cpu].unlock();
        return skb;
    }
}
