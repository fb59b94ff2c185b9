package io.dmalab.iommu.core;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.kernel.TimerList;
import java.util.Arrays;

/**
 * The flush queue of a lazy domain (drivers/iommu/dma-iommu.c, v6.14; facts: free-policies.md P19): an IOVA whose mapping has ended
 * waits until the next flush of the IOTLB before anybody may get it. That flush comes when a queue is full, or by a timer.
 */
final class FlushQueue {
    /** Flushes of the IOTLB by a queue. */
    static final String FLUSHES = "iotlb_lazy_flushes";
    private static final int FIRST_CAPACITY = 64;

    /** Gives IOVAs back to the allocator. */
    @FunctionalInterface
    interface Release {
        void free(long iovaPage, int pages);
    }

    /** struct iova_fq: a ring. Entries are of one flush period, those of before a flush come first. */
    private static final class Ring {
        final SpinLock lock;
        long[] iova = new long[FIRST_CAPACITY];
        int[] pages = new int[FIRST_CAPACITY];
        long[] flushes = new long[FIRST_CAPACITY];
        int head;
        int size;

        Ring(SpinLock lock) {
            this.lock = lock;
        }

        void add(long iovaPage, int count, long period) {
            if (size == iova.length) {
                grow();
            }
            int at = (head + size++) % iova.length;
            iova[at] = iovaPage;
            pages[at] = count;
            flushes[at] = period;
        }

        private void grow() {
            long[] newIova = new long[2 * size];
            int[] newPages = new int[2 * size];
            long[] newFlushes = new long[2 * size];
            for (int i = 0; i < size; i++) {
                int at = (head + i) % size;
                newIova[i] = iova[at];
                newPages[i] = pages[at];
                newFlushes[i] = flushes[at];
            }
            head = 0;
            iova = newIova;
            pages = newPages;
            flushes = newFlushes;
        }
    }

    private final Kernel kernel;
    private final IommuSettings.Queue kind;
    private final Release release;
    private final Ring[] rings;
    private final TimerList timer;
    private final Counter flushCount;
    private long flushes;
    private boolean timerOn;

    FlushQueue(Kernel kernel, IommuSettings.Queue kind, Release release) {
        this.kernel = kernel;
        this.kind = kind;
        this.release = release;
        this.rings = new Ring[kind.perCpu() ? kernel.sched().cpus() : 1];
        Arrays.setAll(rings, i -> new Ring(kernel.locks().spin("&fq->lock")));
        this.timer = kernel.timer("fq_flush_timeout", this::timeout);
        this.flushCount = kernel.metrics().counter(FLUSHES);
    }

    /** queue_iova(). Any context. */
    @KernelFunction("iommu_dma_free_iova")
    void queue(long iovaPage, int pages) {
        Ring ring = rings[kind.perCpu() ? kernel.sched().cpu() : 0];
        ring.lock.lock();
        freeFlushed(ring);
        if (ring.size >= kind.entries() - 1) {
            flush();
            freeFlushed(ring);
        }
        ring.add(iovaPage, pages, flushes);
        ring.lock.unlock();
        if (!timerOn) {
            timerOn = true;
            timer.mod(kernel.clock().msecsToJiffies(kind.timeoutMs()));
        }
    }

    /** fq_ring_free_locked(): what was queued before the last flush. */
    private void freeFlushed(Ring ring) {
        while (ring.size > 0 && ring.flushes[ring.head] < flushes) {
            int at = ring.head;
            ring.head = (at + 1) % ring.iova.length;
            ring.size--;
            release.free(ring.iova[at], ring.pages[at]);
        }
    }

    private void flush() {
        flushes++;
        flushCount.increment();
    }

    @KernelFunction("fq_flush_timeout")
    private void timeout() {
        timerOn = false;
        drain();
    }

    /** IOVAs that wait. */
    int waiting() {
        int waiting = 0;
        for (Ring ring : rings) {
            waiting += ring.size;
        }
        return waiting;
    }

    /** iommu_dma_free_fq(): the domain goes, and with it everything that waits. */
    void destroy() {
        timer.delete();
        drain();
    }

    private void drain() {
        flush();
        for (Ring ring : rings) {
            ring.lock.lock();
            freeFlushed(ring);
            ring.lock.unlock();
        }
    }
}
