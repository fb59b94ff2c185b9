package org.example.vtd;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.kernel.TimerList;
import java.util.Arrays;

// tag::flushqueue
/**
 * The flush queues of a lazy domain (drivers/iommu/dma-iommu.c: iova_fq, v6.14; facts: free-policies.md P19): ended mappings wait, a ring
 * for each CPU, until one invalidation of the whole domain makes the IOTLB forget them all. Until then their addresses are nobody's, and
 * a device still reaches what was there. Left out: the single queue of s390, lists of page-table pages to free.
 */
final class FlushQueue {
    /** IOVA_DEFAULT_FQ_SIZE: one slot of a ring stays empty. */
    private static final int SIZE = 256;
    /** IOVA_DEFAULT_FQ_TIMEOUT. */
    private static final int TIMEOUT_MS = 10;

    private final Kernel kernel;
    private final Runnable invalidate;
    private final Release release;
    private final Ring[] rings;
    private final TimerList timer;
    private long flushes;

    /** Gives addresses back to the allocator. */
    @FunctionalInterface
    interface Release {
        void free(long entry, int pages);
    }

    /** struct iova_fq. Each entry knows how many invalidations there had been when it came. */
    private static final class Ring {
        private final SpinLock lock;
        private final long[] entry = new long[SIZE];
        private final int[] pages = new int[SIZE];
        private final long[] flushes = new long[SIZE];
        private int head;
        private int tail;

        Ring(SpinLock lock) {
            this.lock = lock;
        }
    }

    FlushQueue(Kernel kernel, Runnable invalidate, Release release) {
        this.kernel = kernel;
        this.invalidate = invalidate;
        this.release = release;
        this.rings = new Ring[kernel.sched().cpus()];
        Arrays.setAll(rings, cpu -> new Ring(kernel.locks().spin("&fq->lock")));
        this.timer = kernel.timer("fq_flush_timeout", this::timeout);
    }

    /** Any context. */
    @KernelFunction("queue_iova")
    void queue(long entry, int pages) {
        Ring ring = rings[kernel.sched().cpu()];
        ring.lock.lock();
        freeFlushed(ring);
        if ((ring.tail + 1) % SIZE == ring.head) {
            flushIotlb();
            freeFlushed(ring);
        }
        ring.entry[ring.tail] = entry;
        ring.pages[ring.tail] = pages;
        ring.flushes[ring.tail] = flushes;
        ring.tail = (ring.tail + 1) % SIZE;
        ring.lock.unlock();
        if (!timer.pending()) {
            timer.mod(kernel.clock().msecsToJiffies(TIMEOUT_MS));
        }
    }

    @KernelFunction("fq_flush_iotlb")
    private void flushIotlb() {
        invalidate.run();
        flushes++;
    }

    /** fq_ring_free_locked(): what came before the last invalidation. */
    private void freeFlushed(Ring ring) {
        while (ring.head != ring.tail && ring.flushes[ring.head] < flushes) {
            release.free(ring.entry[ring.head], ring.pages[ring.head]);
            ring.head = (ring.head + 1) % SIZE;
        }
    }

    @KernelFunction("fq_flush_timeout")
    private void timeout() {
        flushIotlb();
        for (Ring ring : rings) {
            ring.lock.lock();
            freeFlushed(ring);
            ring.lock.unlock();
        }
    }

    /** iommu_dma_free_fq(): the domain goes. Nobody gets the addresses any more, for there are none without it. */
    void destroy() {
        timer.delete();
    }
}
// end::flushqueue
