package io.dmalab.iommu.iova;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Work;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;

/**
 * struct iova_rcache (drivers/iommu/iova.c, v6.14; general knowledge): freed ranges of one size, two magazines for each CPU and a depot
 * of full ones for all; a CPU that never frees has none. A depot of more magazines than CPUs is given back to the tree, one magazine
 * each 100 ms.
 */
final class Rcache {
    /** IOVA_DEPOT_DELAY. */
    private static final int DEPOT_DELAY_MS = 100;

    private final Kernel kernel;
    private final LongConsumer toTree;
    private final Magazine[] loaded;
    private final Magazine[] prev;
    private final ArrayDeque<Magazine> depot = new ArrayDeque<>();
    private final Work work;
    private boolean dead;

    Rcache(Kernel kernel, LongConsumer toTree) {
        this.kernel = kernel;
        this.toTree = toTree;
        int cpus = kernel.sched().cpus();
        loaded = new Magazine[cpus];
        prev = new Magazine[cpus];
        work = kernel.events().work("iova_depot_work_func", this::depotWork);
    }

    /** __iova_rcache_insert(). */
    void insert(int cpu, long entry) {
        if (loaded[cpu] == null) {
            loaded[cpu] = new Magazine();
            prev[cpu] = new Magazine();
        }
        if (loaded[cpu].full()) {
            if (prev[cpu].full()) {
                depot.push(loaded[cpu]);
                loaded[cpu] = new Magazine();
                work.queueDelayed(cpu, kernel.clock().msecsToJiffies(DEPOT_DELAY_MS));
            } else {
                swap(cpu);
            }
        }
        loaded[cpu].push(entry);
    }

    /** __iova_rcache_get(); negative if there is none that fits. */
    long get(int cpu, Magazine.Fits fits) {
        if (loaded[cpu] == null) {
            if (depot.isEmpty()) {
                return -1;
            }
            loaded[cpu] = new Magazine();
            prev[cpu] = new Magazine();
        }
        if (loaded[cpu].empty()) {
            if (!prev[cpu].empty()) {
                swap(cpu);
            } else if (!depot.isEmpty()) {
                loaded[cpu] = depot.pop();
            }
        }
        return loaded[cpu].pop(fits);
    }

    private void swap(int cpu) {
        Magazine other = prev[cpu];
        prev[cpu] = loaded[cpu];
        loaded[cpu] = other;
    }

    /** iova_depot_work_func(). */
    private void depotWork() {
        if (!dead && depot.size() > loaded.length) {
            drain(depot.pop());
            if (depot.size() > loaded.length) {
                work.queueDelayed(kernel.sched().cpu(), kernel.clock().msecsToJiffies(DEPOT_DELAY_MS));
            }
        }
    }

    /** Gives everything back to the tree (free_cpu_cached_iovas, free_global_cached_iovas). */
    void drain() {
        for (int cpu = 0; cpu < loaded.length; cpu++) {
            if (loaded[cpu] != null) {
                drain(loaded[cpu]);
                drain(prev[cpu]);
            }
        }
        while (!depot.isEmpty()) {
            drain(depot.pop());
        }
    }

    private void drain(Magazine magazine) {
        while (!magazine.empty()) {
            toTree.accept(magazine.pop());
        }
    }

    /** The domain goes: the depot's work has nothing to do any more. */
    void kill() {
        dead = true;
    }
}
